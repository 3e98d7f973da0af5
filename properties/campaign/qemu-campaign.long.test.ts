/** The model against the real binary, in lockstep over random sequences. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { runCampaign } from './campaign.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { openSubject } from '../subjects/subjects.ts';
import type { Subject } from '../subjects/subject.ts';

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('the real QEMU', () => {
  let subject: Subject | undefined;
  beforeAll(() => {
    subject = openSubject('qemu');
  });
  afterAll(() => subject?.shutdown());

  test.each([101, 102, 103])('agrees with the model in 40 random cases of seed %i', async (seed) => {
    if (subject === undefined) throw new Error('the system was not opened');
    const options = {
      seed,
      casesMax: 40,
      secondsMax: Infinity,
      operationsMax: 100,
      geometry: 'mixed',
      depth: 'full',
      findingsMax: 1,
    } as const;
    const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };
    const statistics = await runCampaign(subject, options, silent);
    expect(statistics.findings.map(({ divergence }) => describeDivergence('qemu', divergence))).toEqual([]);
    expect(statistics.coverage.operations).toBeGreaterThan(1000);
  });
});
