/** One number for everything that a system answered and showed in a case: two runs that differ anywhere differ in it. */
import { createHash } from 'node:crypto';
import type { System } from '../../impl/system.ts';
import type { Case } from '../cases/case.ts';

/** SHA-256 in hexadecimal digits, of all outcomes and observations in order. */
export function runDigest(system: System, cases: Iterable<Case>): string {
  const hash = createHash('sha256');
  for (const { setup, operations } of cases) {
    system.load(setup);
    hash.update(JSON.stringify([setup, operations, system.observe()]));
    for (const operation of operations) {
      hash.update(JSON.stringify([system.apply(operation), system.observe()]));
    }
  }
  return hash.digest('hex');
}
