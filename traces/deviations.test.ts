/**
 * Each known deviation of QEMU from its design document: a system that does there what the document says differs from
 * QEMU on the trace, agrees where the document is the judge, and in that point alone.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVariant } from '../impl/documented/variant.ts';
import { documentedVariants } from '../impl/documented/variants.ts';
import { deviations } from '../model/deviations.ts';
import type { Operation } from '../model/operations.ts';
import type { Case } from '../properties/case.ts';
import { Coverage } from '../properties/coverage.ts';
import { syncSubject } from '../properties/subject.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { readTrace } from './trace-file.ts';

const folder = 'traces/deviations';

/** Where the trace does not show the variant, since it is about another of the ways to keep to the document. */
const otherOperations: Partial<Record<string, readonly Operation[]>> = {
  'failover-hides-every-error': [
    { op: 'open' },
    { op: 'setReplication', enable: false, primary: false, failover: true },
  ],
  'checkpoints-of-different-disks-drift-apart': [
    { op: 'open' },
    { op: 'open', node: 1 },
    { op: 'start', mode: 'secondary' },
    { op: 'guestWrite', sector: 0, count: 1, tag: 3, node: 1 },
    { op: 'failEmptying', disk: 'active', how: 'kept', node: 0 },
    { op: 'checkpoint' },
    { op: 'guestRead', sector: 0, count: 1, node: 1 },
  ],
};

function shownBy(deviation: string): Case {
  const recorded = caseOf(readTrace(join(folder, `${deviation}.json`)));
  return { ...recorded, operations: otherOperations[deviation] ?? recorded.operations };
}

describe('the table of deviations', () => {
  const names = Object.keys(deviations);

  test('has one entry for each trace', () => {
    expect(names.toSorted()).toEqual(listTraces(folder).map((path) => basename(path, '.json')));
  });

  test('is that of the README, which says what QEMU does and what else is accepted', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(names.filter((name) => readme.split(`| ${name} `).length !== 3)).toEqual([]);
  });

  test('has a variant of each but the one where the binary keeps to the document', () => {
    const varied = new Set(documentedVariants.map(({ deviation }) => deviation));
    expect(names.filter((name) => !varied.has(name))).toEqual(['failover-rolls-the-secondary-disk-back']);
  });
});

describe('what the document says instead', () => {
  test.each(documentedVariants)('$deviation: $way', ({ deviation, ...variant }) => {
    const testCase = shownBy(deviation);
    const system = createVariant(deviation, [{ deviation, ...variant }]);
    expect(syncSubject(system).judge(testCase, 'full')).not.toBeNull();
    const coverage = new Coverage();
    const judged = syncSubject(system, deviation, 'document').judge(testCase, 'full', coverage);
    expect(judged).toBeNull();
    expect([...coverage.documented.keys()]).toEqual([deviation]);
    expect(coverage.operations).toBe(testCase.operations.length);
  });
});
