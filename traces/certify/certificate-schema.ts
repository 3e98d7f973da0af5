/** What a certificate holds: what was run on which system, what was reached, and the verdict. */
import { z } from 'zod';
import { operationNames } from '../../impl/operation-lists.ts';
import { defects, layers, modes, readOnlyPlaces, stages } from '../../model/vocabulary.ts';
import { comparisonSchema } from '../../properties/cases/comparison-schema.ts';
import { count, orNone, seconds } from '../../properties/results/result-head.ts';
import type { Immutable } from '../../properties/results/result-head.ts';

export const CERTIFICATE_VERSION = 1;

export const verdicts = ['certified', 'refused', 'diverged'] as const;

const capabilities = z.strictObject({
  operations: z.array(z.enum(operationNames)),
  observes: z.array(z.string()),
  modes: z.array(z.enum(modes)),
  defects: z.array(z.enum(defects)),
  badSectors: z.array(z.enum(layers)),
  readOnly: z.array(z.enum(readOnlyPlaces)),
  nodesMax: count,
  control: z.enum(['driver', 'qmp']),
  commit: z.enum(['stepped', 'free']),
  geometry: z.strictObject({
    sectorBytes: z.union([z.literal('any'), z.literal(512)]),
    lengthSectorsMax: count,
    slices: z.enum(['any', 'qemu']).optional(),
    diskSectorsMax: count.optional(),
  }),
});

const recorded = z.strictObject({
  total: count,
  agreed: count,
  diverged: count,
  /** Left out because the process behind the system was lost again and again. */
  notRun: count,
  notApplicable: z.array(z.strictObject({ trace: z.string(), reason: z.string() })),
});

const tour = z.strictObject({
  world: z.string(),
  about: z.string(),
  transitions: count,
  covered: count,
  excluded: count.describe('transitions that the system cannot be given'),
  unentered: count.describe('transitions of states that the law allows and the system did not come to'),
  walks: count,
  operations: count,
  otherwise: count.describe('steps that ended in another allowed state than the model predicted'),
  seconds,
  ended: z.enum(['complete', 'stopped', 'findings']),
});

const campaign = z.strictObject({
  seed: z.int(),
  cases: count,
  operations: count,
  operationsMax: count.describe('of the longest case'),
  geometry: z.string(),
  depth: z.enum(['full', 'sampled']),
  seconds,
  ended: z.enum(['cases', 'time', 'findings', 'interrupted', 'trouble']),
});

const cell = z.strictObject({
  mode: z.enum(modes),
  operation: z.enum(operationNames),
  stage: z.enum(stages),
  outcome: z.string(),
  count: count.describe('steps of recorded traces and campaign'),
  isReachable: z.boolean().describe('found by walking the states of small disks'),
});

const failure = z.strictObject({
  part: z.enum(['recorded traces', 'tour', 'campaign']),
  from: z.string().describe('the recorded trace, the world, or the number of the case'),
  signature: z.string(),
  sentence: z.string(),
  operations: count,
  trace: z.string().describe('path from the folder of the certificate'),
});

export const certificateSchema = z
  .strictObject({
    format: z.literal('colocheck-certificate'),
    version: z.literal(CERTIFICATE_VERSION),
    verdict: z.enum(verdicts),
    reasons: z.array(z.string()).describe('why it is not certified, beside the failures'),
    repeat: z.string().describe('the command that does the same again'),
    versions: z.strictObject({ colocheck: z.string(), node: z.string(), platform: z.string() }),
    system: z.strictObject({ name: z.string(), version: orNone(z.string()), option: z.string() }),
    comparison: comparisonSchema,
    capabilities: orNone(capabilities),
    /** What was left out because the system does not declare it. */
    exclusions: z.array(z.strictObject({ what: z.string(), names: z.array(z.string()) })),
    recorded: orNone(recorded),
    worlds: z
      .array(z.string())
      .describe('that were to be toured; none where the design document is the judge'),
    tours: z.array(tour),
    campaign: orNone(campaign),
    cells: z.array(cell),
    laws: z.array(
      z.strictObject({
        name: z.string(),
        law: z.string(),
        steps: count.describe('steps of recorded traces and campaign after which it was judged'),
      }),
    ),
    documented: z
      .record(z.string(), count)
      .describe('how often it did as the design document says where QEMU deviates from it'),
    failures: z.array(failure),
  })
  .superRefine((given, context) => {
    const message = contradiction(given);
    if (message !== null) context.addIssue({ code: 'custom', path: ['verdict'], message });
  });

export type Certificate = Immutable<z.infer<typeof certificateSchema>>;
export type Verdict = Certificate['verdict'];

type Given = Omit<Certificate, 'format' | 'version'>;

/** Why a certificate cannot have the verdict that it has: one that was cut off must not pass for a whole one. */
function contradiction(given: Given): string | null {
  const { verdict, failures, reasons } = given;
  if ((verdict === 'diverged') !== failures.length > 0) {
    return `is ${verdict}, with ${failures.length} failures`;
  }
  if (verdict === 'refused' && reasons.length === 0) return 'is refused, with no reason';
  if (verdict !== 'certified') return null;
  if (reasons.length > 0) return `is certified, although ${reasons.join('; ')}`;
  const missing = missingPart(given);
  return missing === null ? null : `is certified, although ${missing}`;
}

/** What has not come to its end; null where all has. */
export function missingPart({
  comparison,
  capabilities: declared,
  recorded: traces,
  worlds,
  tours,
  campaign: search,
}: Pick<Given, 'comparison' | 'capabilities' | 'recorded' | 'worlds' | 'tours' | 'campaign'>): string | null {
  if (declared === null) return 'nothing was declared';
  if (traces === null || traces.agreed === 0 || traces.notRun > 0)
    return 'the recorded traces were not all run';
  if (worlds.length === 0 && comparison !== 'document') return 'no world was toured';
  const left = worlds.find((world) => !tours.some((each) => each.world === world && isWhole(each)));
  if (left !== undefined) return `the tour of ${left} was not completed`;
  if (search === null || search.cases === 0 || (search.ended !== 'cases' && search.ended !== 'time'))
    return 'the random campaign did not come to its end';
  return null;
}

function isWhole({ ended, covered }: Certificate['tours'][number]): boolean {
  return ended === 'complete' && covered > 0;
}
