/** The tests that judge a mutated source file of the shrinker or of the traces: all that run in this process. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'properties/simpler-cases.test.ts',
      'properties/shortest/*.test.ts',
      'properties/minimise.test.ts',
      'properties/shrink-failure.test.ts',
      'traces/*.test.ts',
    ],
    // These run the command line or the real QEMU.
    exclude: [
      'traces/checks.test.ts',
      'traces/command-line.test.ts',
      'traces/exec-command.test.ts',
      'traces/many-machines.test.ts',
      'traces/qmp-script.test.ts',
      'traces/regressions.test.ts',
      'traces/shards.test.ts',
    ],
    testTimeout: 60_000,
  },
});
