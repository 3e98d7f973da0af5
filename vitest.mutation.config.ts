/** The tests that judge a mutated source file: all that need neither QEMU nor minutes, the broadest first. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'properties/quick-judgement.test.ts',
      'properties/saved-states.test.ts',
      'impl/efficient/*.test.ts',
      'impl/payload.test.ts',
      'properties/minimise.test.ts',
      'traces/trace-file.test.ts',
      'traces/broken-trace.test.ts',
      'traces/failure-folder.test.ts',
      'traces/trace-schema.test.ts',
    ],
    testTimeout: 60_000,
  },
});
