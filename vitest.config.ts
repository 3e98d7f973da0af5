/** Test files lie beside what they test; saved traces are run first of all. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What takes longest is not left to the end, where the other core would have nothing to do. */
class RegressionsAndLongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rankOf = ({ moduleId }: TestSpecification): number => {
      if (moduleId.endsWith('traces/replay/regressions.test.ts')) return 0;
      return moduleId.endsWith('.long.test.ts') ? 1 : 2;
    };
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

export default defineConfig({
  test: {
    include: ['{model,impl,properties,traces,cli}/**/*.test.ts'],
    // What commands are run in tests is built, so that they start at once.
    globalSetup: ['cli/build/build.mjs'],
    // A fixture that is missing must fail, not be written.
    update: 'none',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Without it vitest leaves one core to a terminal that nobody looks at.
    maxWorkers: '100%',
    // Files that one worker runs share what it has loaded: most take less time than their imports. One that replaces a
    // module (`vi.mock`) loads everything anew, and so does the next.
    isolate: false,
    // What fails in a test on purpose is nothing to annotate; a campaign without a seed fails.
    env: { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', COLOCHECK_SEEDS_FIXED: '1' },
    setupFiles: ['cli/testing/without-colours.ts'],
    sequence: { sequencer: RegressionsAndLongFirst },
  },
});
