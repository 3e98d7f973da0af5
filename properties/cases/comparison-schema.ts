/** The comparison of a trace, a log or a result, as it is checked when such a file is read. */
import { z } from 'zod';
import { comparisonChoices, comparisonModes, parseComparison } from './comparison-mode.ts';

const mended = z
  .templateLiteral(['qemu+', z.string().min(1)])
  .refine((text) => parseComparison(text) !== null);

export const comparisonSchema = z.union([z.enum(comparisonModes), mended], {
  error: `must be one of ${comparisonChoices}`,
});
