/** Run first of all: every saved trace, on the efficient implementation and on the real QEMU. */
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { walkOf } from '../../properties/cases/case.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { setupProblem } from '../../properties/cases/setup-problem.ts';
import { syncSubject } from '../../properties/subjects/subject.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf, replay } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

function read(folder: string) {
  return listTraces(folder).map((path) => {
    const trace = readTrace(path);
    return [`${basename(path, '.json')}: ${trace.note}`, path, trace] as const;
  });
}

const saved = [...read('traces/saved/regressions'), ...read('traces/saved/deviations')];
/** What no command of the real binary leads to, or needs longer disks than it is given. */
const unreachable = read('traces/saved/unreachable');
const all = [...saved, ...unreachable];

describe('every saved trace', () => {
  test('is found', () => {
    expect(saved.length).toBeGreaterThanOrEqual(80);
    expect(unreachable.length).toBeGreaterThanOrEqual(3);
  });

  test.each(all)('says what it is for and expects agreement: %s', (_title, _path, trace) => {
    expect(trace.note).toMatch(/\.$/);
    expect(trace.expects).toBe('agreement');
  });

  test.each(saved)('can be given to QEMU, no operation left out: %s', (_title, _path, trace) => {
    const { accepts, capabilities } = openSubject('qemu');
    const testCase = caseOf(trace);
    expect(setupProblem(testCase.setup, capabilities)).toBe(null);
    const { start, steps } = walkOf(testCase);
    const hosts = [start, ...steps.map(({ host }) => host)];
    const leftOut = testCase.operations.filter((operation, index) => {
      const stages = hosts[index]?.nodes.map(({ stage }) => stage) ?? [];
      return !accepts(operation, stages, testCase.setup);
    });
    expect(leftOut).toEqual([]);
    expect(testCase.operations.filter(({ op }) => !capabilities.operations.includes(op))).toEqual([]);
  });

  test.each(unreachable)('cannot be given to QEMU: %s', (_title, _path, trace) => {
    const { capabilities } = openSubject('qemu');
    const { setup, operations } = caseOf(trace);
    const isUnknown = operations.some(({ op }) => !capabilities.operations.includes(op));
    expect(isUnknown || setupProblem(setup, capabilities) !== null).toBe(true);
  });
});

describe('on the efficient implementation', () => {
  const subject = openSubject('impl');

  test.each(all)('%s', async (_title, path, trace) => {
    const { agreed, text } = await replay(path, trace, subject);
    expect(agreed, text).toBe(true);
  });
});

describe('on a wrong implementation', () => {
  test.each(mutants)('some trace shows: $name', async (mutant) => {
    const subject = syncSubject(createMutant(mutant));
    let agreed = true;
    for (const [, path, trace] of all) {
      agreed = (await replay(path, trace, subject)).agreed === true;
      if (!agreed) break;
    }
    expect(agreed).toBe(false);
  });
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('on the real QEMU', () => {
  let subject: Subject | undefined;
  beforeAll(() => {
    subject = openSubject('qemu');
  });
  afterAll(() => subject?.shutdown());

  test.each(saved)('%s', async (_title, path, trace) => {
    if (subject === undefined) throw new Error('the system was not opened');
    const { agreed, text } = await replay(path, trace, subject);
    expect(agreed, text).toBe(true);
  });
});
