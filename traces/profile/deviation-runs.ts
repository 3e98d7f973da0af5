/** What the traces of the deviations have shown on each version of QEMU when they were last played there. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DeviationName } from '../../model/deviations.ts';
import { changeNames, deviationNames } from '../../properties/cases/comparison-mode.ts';
import type { Immutable } from '../../properties/results/result-head.ts';
import type { Probed } from './profile-probe.ts';
import { TraceError } from '../format/trace-error.ts';

/** At a deviation as 7.2 or as its document, at a change as 7.2 or as newer versions; or where its trace does neither. */
const shown = z.union([
  z.enum(['reproduced', 'mended', 'as 7.2', 'as newer versions']),
  z.templateLiteral(['differs at step ', z.string()]),
]);

const runSchema = z.strictObject({
  /** Major and minor; of the same version the last run counts. */
  version: z.string().regex(/^\d+\.\d+$/),
  /** What the binary says of itself. */
  binary: z.string(),
  /** The day of the run. */
  on: z.iso.date(),
  shown: z.record(z.string(), shown),
});

const runsSchema = z.strictObject({
  format: z.literal('colocheck-deviations'),
  runs: z.array(runSchema),
});

export type DeviationRun = Immutable<z.infer<typeof runSchema>>;
export type DeviationRuns = Immutable<z.infer<typeof runsSchema>>;

/** `binary` is what it says of itself, `on` the day. */
export function runOf(binary: string, on: string, probed: Probed): DeviationRun {
  const version = /\bversion (\d+\.\d+)/.exec(binary)?.[1] ?? '0.0';
  const names = [...deviationNames, ...changeNames];
  return {
    version,
    binary,
    on,
    shown: Object.fromEntries(names.map((name) => [name, shownOf(name, probed)])),
  };
}

function shownOf(name: DeviationName, { mended, changed, differing }: Probed): DeviationRun['shown'][string] {
  const found = differing.find((each) => each.name === name);
  if (found !== undefined) return `differs at step ${found.step}: ${found.signature}`;
  if (changeNames.some((each) => each === name))
    return changed.some((each) => each === name) ? 'as newer versions' : 'as 7.2';
  return mended.includes(name) ? 'mended' : 'reproduced';
}

/** The runs with newer ones in the place of those of the same version, the oldest version first. */
export function withRuns({ format, runs }: DeviationRuns, newer: readonly DeviationRun[]): DeviationRuns {
  const byVersion = new Map([...runs, ...newer].map((run) => [run.version, run]));
  const order = new Intl.Collator('en', { numeric: true });
  return {
    format,
    runs: [...byVersion.values()].toSorted((one, other) => order.compare(one.version, other.version)),
  };
}

/** Throws a `TraceError` that names the file. */
export function readRuns(path: string): DeviationRuns {
  try {
    return runsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    throw new TraceError(`${path} holds no runs of the traces of deviations: ${reason}`);
  }
}
