/** A trace of as many operations as are asked for, for tests and benchmarks of the page. */
import fc from 'fast-check';
import { caseArbitrary } from '../../properties/case-arbitrary.ts';
import { everything } from '../../properties/full-capabilities.ts';
import { TRACE_VERSION } from '../trace-schema.ts';
import type { Trace } from '../trace-schema.ts';

export function longTrace(operations: number): Trace {
  const arbitrary = caseArbitrary({
    capabilities: everything,
    geometry: 'mixed',
    operationsMax: Math.min(operations, 200),
  });
  const longest = fc
    .sample(arbitrary, { numRuns: 40, seed: 7 })
    .reduce((best, one) => (one.operations.length > best.operations.length ? one : best));
  const { setup } = longest;
  const all = Array.from(
    { length: operations },
    (_, index) => longest.operations[index % longest.operations.length],
  );
  return {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    comparison: 'qemu',
    setup,
    operations: all.flatMap((operation) => operation ?? []),
  };
}
