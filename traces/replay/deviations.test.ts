/**
 * Each known deviation of QEMU from its design document: a system that does there what the document says differs from
 * QEMU on the trace, agrees where the document is the judge, and in that point alone.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVariant } from '../../impl/document/variant.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { deviations } from '../../model/deviations.ts';
import { Coverage } from '../../properties/coverage/coverage.ts';
import { syncSubject } from '../../properties/subjects/subject.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

const folder = 'traces/saved/deviations';

describe('the table of deviations', () => {
  const names = Object.keys(deviations);

  test('has one entry for each trace', () => {
    expect(names.toSorted()).toEqual(listTraces(folder).map((path) => basename(path, '.json')));
  });

  test('is that of docs/deviations.md: a row of each', () => {
    const page = readFileSync('docs/deviations.md', 'utf8');
    expect(names.filter((name) => page.split(`| [${name}](`).length !== 2)).toEqual([]);
  });

  test('has a variant of each but the one where the binary keeps to the document', () => {
    const varied = new Set(documentedVariants.map(({ deviation }) => deviation));
    expect(names.filter((name) => !varied.has(name))).toEqual(['failover-rolls-the-secondary-disk-back']);
  });
});

describe('what the document says instead', () => {
  test.each(documentedVariants)('$deviation: $way', ({ deviation, ...variant }) => {
    const testCase = caseOf(readTrace(join(folder, `${deviation}.json`)));
    const system = createVariant(deviation, [{ deviation, ...variant }]);
    expect(syncSubject(system).judge(testCase, 'full')).not.toBeNull();
    const coverage = new Coverage();
    const judged = syncSubject(system, deviation, 'document').judge(testCase, 'full', coverage);
    expect(judged).toBeNull();
    expect([...coverage.documented.keys()]).toEqual([deviation]);
    expect(coverage.operations).toBe(testCase.operations.length);
  });
});
