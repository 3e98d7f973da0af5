/** Every seeded bug of requests in flight. */
import { inFlightCommitMutants } from './in-flight-commit-mutants.ts';
import { inFlightCopyMutants } from './in-flight-copy-mutants.ts';
import { inFlightDrainMutants } from './in-flight-drain-mutants.ts';
import { inFlightGuestMutants } from './in-flight-guest-mutants.ts';
import type { InFlightMutant } from './in-flight-mutant.ts';

export const inFlightMutants: readonly InFlightMutant[] = [
  ...inFlightCopyMutants,
  ...inFlightGuestMutants,
  ...inFlightCommitMutants,
  ...inFlightDrainMutants,
];
