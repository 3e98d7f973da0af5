/** Run first of all: every saved trace, on the efficient implementation and on the real QEMU. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../impl/efficient/efficient-system.ts';
import { reasonToSkip } from '../impl/qemu/qemu-required.ts';
import { seededBugs } from '../properties/seeded-bugs.ts';
import { syncSubject } from '../properties/subject.ts';
import type { Subject } from '../properties/subject.ts';
import { openSubject } from '../properties/subjects.ts';
import { listTraces } from './failure-folder.ts';
import { replay } from './replay.ts';
import { readTrace } from './trace-file.ts';

const paths = [...listTraces('traces/regressions'), ...listTraces('traces/deviations')];

describe('on the efficient implementation', () => {
  const subject = openSubject('impl');

  test.each(paths)('%s agrees with the model', async (path) => {
    const { agreed, text } = await replay(path, readTrace(path), subject);
    expect(agreed, text).toBe(true);
  });
});

describe('on a wrong implementation', () => {
  test.each(seededBugs.filter(({ name }) => name !== 'one bit of a read is flipped'))(
    'some trace shows: $name',
    async ({ node }) => {
      const subject = syncSubject(createEfficientSystem(node, 'wrong'));
      const results = await Promise.all(paths.map((path) => replay(path, readTrace(path), subject)));
      expect(results.some(({ agreed }) => !agreed)).toBe(true);
    },
  );
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('on the real QEMU', () => {
  let subject: Subject | undefined;
  beforeAll(() => {
    subject = openSubject('qemu');
  });
  afterAll(() => subject?.shutdown());

  test.each(paths)('%s agrees with the model', async (path) => {
    if (subject === undefined) throw new Error('the system was not opened');
    const { agreed, text } = await replay(path, readTrace(path), subject);
    expect(agreed, text).toBe(true);
  });
});
