/** Every documented variant, to show that the comparison with the design document fails none of them. */
import { controlVariants } from './control-variants.ts';
import { failoverVariants } from './failover-variants.ts';
import { requestVariants } from './request-variants.ts';
import type { DocumentedVariant } from './variant.ts';

export const documentedVariants: readonly DocumentedVariant[] = [
  ...controlVariants,
  ...failoverVariants,
  ...requestVariants,
];
