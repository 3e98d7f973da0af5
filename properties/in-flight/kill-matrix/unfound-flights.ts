/** Seeded bugs of requests in flight that the search with overlap does not find, each with the reason. */

const steps = 'it needs the steps of a commit (commitAdvance), which are not judged where requests overlap';
const faults = 'it needs a failover that has failed, and bad sectors are not judged where requests overlap';

export const unfound: Readonly<Record<string, string>> = {
  'fill-is-not-read-again': faults,
  'split-write-looks-up-before-it-writes': faults,
  'unit-is-dirty-before-it-is-written': steps,
  'unit-that-was-read-stays-clean': steps,
  'commit-ends-beside-a-guest-write': steps,
  'newcomers-miss-the-end-of-the-commit': steps,
  'commit-does-not-look-again-after-the-drain': steps,
  'end-of-the-commit-waits-for-guest-reads-alone': steps,
  'steps-of-a-commit-wait-for-each-other': steps,
};
