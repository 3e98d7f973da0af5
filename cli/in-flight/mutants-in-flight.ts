/** The command `mutants --in-flight`: how each seeded bug of requests in flight is found. */
import type { Verdict } from '../options/exit-codes.ts';
import { isInterrupted, untilInterrupted } from '../options/interruption.ts';
import { print } from '../options/options.ts';
import { inFlightMutants } from '../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { ProgressLine } from '../../properties/campaign/progress.ts';
import { flightRow } from '../../properties/in-flight/kill-matrix/flight-kill.ts';
import type { FlightRow } from '../../properties/in-flight/kill-matrix/flight-kill.ts';
import {
  flightMatrixMarkdown,
  flightMatrixSummary,
  flightMatrixText,
  flightShortcomings,
} from '../../properties/in-flight/kill-matrix/flight-matrix.ts';
import { didYouMean } from '../../properties/jobs/nearest-names.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { writeWhole } from '../../properties/results/result-file.ts';

interface InFlightFlags {
  readonly seeds?: number;
  readonly cases?: number;
  readonly markdown?: string;
  readonly json?: string;
}

const SEEDS = 5;
/** Fewer than without overlap: a case has some hundred operations. */
const CASES_MAX = 4000;
/** In each world; a combination that was begun is gone through. */
const ORDERS_MAX = 4000;

export async function mutateInFlight(names: readonly string[], flags: InFlightFlags): Promise<Verdict> {
  const chosen = names.length === 0 ? inFlightMutants : names.map(mutantNamed);
  const options = {
    seeds: flags.seeds ?? SEEDS,
    casesMax: flags.cases ?? CASES_MAX,
    ordersMax: ORDERS_MAX,
    interrupted: isInterrupted,
  };
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  const rows: FlightRow[] = [];
  await untilInterrupted(async () => {
    for (const mutant of chosen) {
      line.show(seconds(), () => `${rows.length} of ${chosen.length} mutants, now ${mutant.name}`);
      const row = await flightRow(mutant, options);
      if (isInterrupted()) return;
      rows.push(row);
    }
  });
  line.clear();
  if (flags.markdown !== undefined) writeWhole(flags.markdown, flightMatrixMarkdown(rows));
  if (flags.json !== undefined) writeWhole(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  const missed = flightShortcomings(rows);
  const summary = [...flightMatrixSummary(rows), ...missed.map((text) => `! ${text}`)];
  print([flightMatrixText(rows), '', ...summary].join('\n'));
  return missed.length === 0 && rows.length < chosen.length ? 'incomplete' : missed.length === 0;
}

function mutantNamed(name: string) {
  const mutant = inFlightMutants.find((known) => known.name === name.replace(/^mutant:/, ''));
  if (mutant !== undefined) return mutant;
  const near = didYouMean(
    name,
    inFlightMutants.map((each) => each.name),
  );
  throw new UsageError(`there is no mutant ${name}${near} of requests in flight`);
}
