/** What continuous integration receives of a replay. */
import { expect, test } from 'vitest';
import { replayChecks } from './replay-checks.ts';

test('an agreement passes, and says of what', () => {
  const replayed = { agreed: true, comparison: 'qemu', text: 'all agrees', sentence: null } as const;
  expect(replayChecks('a.json', 'on efficient', replayed, 2)).toEqual({
    name: 'replay on efficient',
    properties: { comparison: 'qemu' },
    checks: [{ name: 'a.json', about: 'all agrees', seconds: 2, verdict: { kind: 'passed' } }],
  });
});

test('a divergence fails with its sentence, its report and its trace', () => {
  const replayed = {
    agreed: false,
    comparison: 'document',
    text: 'the report',
    sentence: 'step 3 differs',
  } as const;
  expect(replayChecks('a.json', 'on qemu', replayed, 1)).toEqual({
    name: 'replay on qemu',
    properties: { comparison: 'document' },
    checks: [
      {
        name: 'a.json',
        about: '',
        seconds: 1,
        verdict: {
          kind: 'failed',
          message: 'step 3 differs',
          details: 'the report\ntrace: a.json',
          trace: 'a.json',
        },
      },
    ],
  });
});
