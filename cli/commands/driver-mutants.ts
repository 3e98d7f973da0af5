/** The mutation run for mutants of a C driver: `npm run mutants -- --system driver:PATH`. */
import { writeWhole } from '../../properties/results/result-file.ts';
import type { Verdict } from '../options/exit-codes.ts';
import { untilInterrupted } from '../options/interruption.ts';
import { print } from '../options/options.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { readDriver } from '../../impl/driver/compile/driver-source.ts';
import { changedLines } from '../../impl/driver/syntax/changed-lines.ts';
import { textMutants } from '../../impl/driver/syntax/text-mutants.ts';
import type { TextMutant } from '../../impl/driver/syntax/text-mutants.ts';
import { analyseMutant } from '../../properties/driver/mutation-run.ts';
import { mutationSummary, mutationText, isMutationRunSound } from '../../properties/driver/mutation-table.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { workersOf } from '../options/workers.ts';
import { analysedByAll } from '../workers/analysts.ts';
import { ProgressLine } from '../../properties/campaign/progress.ts';
import { isOfShard } from '../../properties/jobs/shard.ts';
import type { Shard } from '../../properties/jobs/shard.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';

export interface DriverMutationFlags {
  readonly system: string;
  readonly cases: number;
  readonly workers?: number;
  readonly changedSince?: string;
  readonly json?: string;
}

const DRIVER = 'driver:';
/** The rules fit in so many places that each mutant gets less than a seeded bug; a search of worlds follows. */
const CASES_MAX = 2000;

/** `parts` are parts of the names of those that are analysed; none: all. True where enough were killed or shown equal. */
export async function mutateDriver(
  parts: readonly string[],
  flags: DriverMutationFlags,
  shard: Shard,
): Promise<Verdict> {
  const analysed = mutantsOf(flags, parts).filter((_, place) => isOfShard(shard, place));
  if (analysed.length === 0)
    throw new UsageError('no mutant is left to be analysed: no line of them is changed or named');
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  const options = { casesMax: Math.min(flags.cases, CASES_MAX), seed: 1 };
  const rows = await untilInterrupted(() =>
    analysedByAll(analysed, workersOf(flags), {
      here: (mutant) => analyseMutant(mutant, options),
      by: async (worker, mutant) => {
        const answer = await worker.ask({ kind: 'mutant of C', mutant, options });
        if (answer.kind !== 'analysed in C')
          throw new EnvironmentError(`a worker has answered ${answer.kind}`);
        return answer.row;
      },
      begins: (mutant, done) =>
        line.show(seconds(), () => `${done} of ${analysed.length} mutants, now line ${mutant.line}`),
    }),
  );
  line.clear();
  if (flags.json !== undefined) writeWhole(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  print([mutationText(rows), '', ...mutationSummary(rows)].join('\n'));
  const sound = isMutationRunSound(rows);
  return sound && rows.length < analysed.length ? 'incomplete' : sound;
}

function mutantsOf(
  { system, changedSince }: DriverMutationFlags,
  parts: readonly string[],
): readonly TextMutant[] {
  if (!system.startsWith(DRIVER)) {
    throw new UsageError(
      `--system ${system}: the seeded bugs need none, mutants of C are made of driver:PATH`,
    );
  }
  const path = system.slice(DRIVER.length);
  const text = readDriver(path);
  const lines = changedSince === undefined ? undefined : changedLines(readDriver(changedSince), text);
  const all = textMutants(text, path, lines);
  return parts.length === 0 ? all : all.filter(({ name }) => parts.some((part) => name.includes(part)));
}
