/** What a system answered and showed, as files keep it to be judged again without the system. */
import { abortRules, layers, stages } from '../../model/vocabulary.ts';
import { z } from 'zod';
import { errnoSchema } from '../../impl/errno.ts';

const tag = z.int();
const layer = z.enum(layers);
const entry = tag.nullable();

export const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ok') }),
  z.strictObject({ kind: z.literal('data'), tags: z.array(tag) }),
  z.strictObject({ kind: z.literal('error'), message: z.string() }),
  z.strictObject({ kind: z.literal('errno'), errno: errnoSchema }),
  z.strictObject({ kind: z.literal('status'), error: z.string().nullable() }),
  z.strictObject({ kind: z.literal('abort'), rule: z.enum(abortRules) }),
]);

const wiring = z.strictObject({
  blocked: z.boolean().exactOptional(),
  hiddenReadOnly: z.boolean().exactOptional(),
  secondaryReadOnly: z.boolean().exactOptional(),
  hiddenAttached: z.int().exactOptional(),
  secondaryAttached: z.int().exactOptional(),
});

/** What one node showed; a part that the system does not show is left out. */
export const shownNodeSchema = z.strictObject({
  stage: z.enum(stages).exactOptional(),
  errorFlag: z.boolean().exactOptional(),
  view: outcomeSchema.exactOptional(),
  active: z.array(entry).exactOptional(),
  hidden: z.array(entry).exactOptional(),
  secondary: z.array(tag).exactOptional(),
  wiring: wiring.exactOptional(),
  answeredBy: z.array(layer).nullable().exactOptional(),
  commitRuns: z.boolean().exactOptional(),
});

export const recordedSchema = z
  .strictObject({
    outcomes: z
      .array(outcomeSchema)
      .describe('What the system answered to each operation, up to the one that differed.'),
    node: z.int().min(0).describe('The node that showed the difference.').exactOptional(),
    shown: shownNodeSchema.describe('What that node showed after the last operation.').exactOptional(),
  })
  .describe('What the system that failed answered and showed, for today’s model to judge again.');
