/** The hunt for mutants of a C driver: `npm run mutants -- --system driver:PATH`. */
import { writeFileSync } from 'node:fs';
import { isInterrupted, print, untilInterrupted } from '../options/options.ts';
import { readDriver } from '../../impl/driver/compile/driver-source.ts';
import { changedLines } from '../../impl/driver/syntax/changed-lines.ts';
import { textMutants } from '../../impl/driver/syntax/text-mutants.ts';
import type { TextMutant } from '../../impl/driver/syntax/text-mutants.ts';
import { huntMutant } from '../../properties/driver/driver-hunt.ts';
import type { HuntedMutant } from '../../properties/driver/driver-hunt.ts';
import { huntSummary, huntText, isHuntSound } from '../../properties/driver/hunt-table.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { ProgressLine } from '../../properties/campaign/progress.ts';
import { isOfShard } from '../../properties/jobs/shard.ts';
import type { Shard } from '../../properties/jobs/shard.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';

export interface DriverHuntFlags {
  readonly system: string;
  readonly cases: number;
  readonly changedSince?: string;
  readonly json?: string;
}

const DRIVER = 'driver:';
/** The rules fit in so many places that each mutant gets less than a seeded bug; a search of worlds follows. */
const CASES_MAX = 2000;

/** `parts` are parts of the names of those that are hunted; none: all. True where enough were killed or shown equal. */
export async function huntDriver(
  parts: readonly string[],
  flags: DriverHuntFlags,
  shard: Shard,
): Promise<boolean> {
  const hunted = mutantsOf(flags, parts).filter((_, place) => isOfShard(shard, place));
  if (hunted.length === 0)
    throw new UsageError('no mutant is left to be hunted: no line of them is changed or named');
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  const rows: HuntedMutant[] = [];
  await untilInterrupted(async () => {
    for (const mutant of hunted) {
      if (isInterrupted()) break;
      line.show(seconds(), () => `${rows.length} of ${hunted.length} mutants, now line ${mutant.line}`);
      rows.push(await huntMutant(mutant, { casesMax: Math.min(flags.cases, CASES_MAX), seed: 1 }));
    }
  });
  line.clear();
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  print([huntText(rows), '', ...huntSummary(rows)].join('\n'));
  return isHuntSound(rows) && rows.length === hunted.length;
}

function mutantsOf(
  { system, changedSince }: DriverHuntFlags,
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
