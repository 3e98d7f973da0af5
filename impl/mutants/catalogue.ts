/** Every seeded bug, to show that the search finds each. */
import { activeWriteMutants } from './active-write-mutants.ts';
import { copyBeforeWriteMutants } from './copy-before-write-mutants.ts';
import { checkpointMutants } from './checkpoint-mutants.ts';
import { failoverMutants } from './failover-mutants.ts';
import { controlMutants } from './control-mutants.ts';
import { guestRequestMutants } from './guest-request-mutants.ts';
import { hostMutants } from './host-mutants.ts';
import { callSlipMutants } from './call-slip-mutants.ts';
import { commitMutants } from './commit-mutants.ts';
import { copySlipMutants } from './copy-slip-mutants.ts';
import { historicalMutants } from './historical-mutants.ts';
import { requestSlipMutants } from './request-slip-mutants.ts';
import { splitWriteMutants } from './split-write-mutants.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...copyBeforeWriteMutants,
  ...checkpointMutants,
  ...failoverMutants,
  ...controlMutants,
  ...guestRequestMutants,
  ...hostMutants,
  ...callSlipMutants,
  ...commitMutants,
  ...copySlipMutants,
  ...historicalMutants,
  ...requestSlipMutants,
  ...splitWriteMutants,
  ...activeWriteMutants,
];
