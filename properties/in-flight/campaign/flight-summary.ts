/** The summary of a campaign with overlap, for people and as JSON. */
import pc from 'picocolors';
import { counted } from '../../screen/findings-text.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import { ORDERS_COUNTED } from './flight-statistics.ts';
import type { FlightStatistics } from './flight-statistics.ts';

type Colors = Pick<typeof pc, 'red' | 'green' | 'bold'>;

/** A finding with where it was saved and its report. */
export interface SavedFinding {
  readonly signature: string;
  readonly sentence: string;
  readonly steps: number;
  readonly trace: string;
  readonly text: string;
}

/** What was done, and last of all the report of the shortest finding. */
export function flightSummary(
  subject: FlightSubject,
  statistics: FlightStatistics,
  seed: number,
  saved: readonly SavedFinding[],
  colors: Colors = pc,
): string {
  return [
    ordersLine(statistics),
    ...undecidedLine(statistics, colors),
    countsLine(statistics, seed),
    ...(saved.length === 0
      ? [verdictText(subject, statistics, colors)]
      : findingLines(statistics, saved, colors)),
  ].join('\n');
}

function ordersLine({ counts, orders }: FlightStatistics): string {
  const { overlaps, advances, mostInFlight } = counts;
  const many = orders >= ORDERS_COUNTED ? `at least ${orders}` : `${orders}`;
  return `${overlaps} requests overlapped others, up to ${mostInFlight} at once; ${advances} stations, ${many} different orders followed`;
}

function undecidedLine({ counts }: FlightStatistics, colors: Colors): string[] {
  const { undecided, whyUndecided, cases } = counts;
  if (undecided === 0) return [];
  return [colors.red(`undecided: ${undecided} of ${cases} cases (${whyUndecided ?? 'a bound was met'})`)];
}

function countsLine({ counts, seconds, ended }: FlightStatistics, seed: number): string {
  const { cases, operations } = counts;
  const rate = Math.round(operations / Math.max(seconds, 0.001));
  return `${cases} cases, ${operations} operations judged in ${seconds.toFixed(1)} s (${rate}/s), seed ${seed}, ended by ${ended}`;
}

/** What was not run, or not to its end, is no agreement. */
function verdictText(
  { name, comparison }: FlightSubject,
  statistics: FlightStatistics,
  colors: Colors,
): string {
  const { ended } = statistics;
  const { cases, undecided } = statistics.counts;
  if (statistics.trouble !== null) return colors.red('it could not go on; all was explained until then');
  if (cases === 0 || undecided === cases) return colors.red('nothing was judged, and nothing is known');
  const rest = undecided === 0 ? '' : ' of the cases that were decided';
  const agreement = `an order explains everything that ${name} answered in all${rest}`;
  if (ended === 'interrupted') return `${agreement} as far as it was run, and it was interrupted`;
  return colors.green(`${agreement} (comparison: ${comparison})`);
}

function findingLines(
  { repeated }: FlightStatistics,
  saved: readonly SavedFinding[],
  colors: Colors,
): string[] {
  const [shown, ...others] = saved.toSorted((one, other) => one.steps - other.steps);
  const head = `${counted(saved.length, 'finding')}, and ${counted(repeated, 'failure')} more with the same signatures`;
  return [
    colors.bold(`${head}${others.length === 0 ? '' : '; beside the one below:'}`),
    ...others.map(({ sentence, steps, trace }) => `  ${sentence}\n    ${counted(steps, 'step')}: ${trace}`),
    '',
    shown?.text ?? '',
  ];
}

/** For `--json`. */
export function flightResult(
  { option, comparison }: FlightSubject,
  statistics: FlightStatistics,
  seed: number,
  saved: readonly SavedFinding[],
) {
  const { cases, operations, overlaps, advances, mostInFlight, undecided, whyUndecided } = statistics.counts;
  const { orders, repeated, seconds, ended } = statistics;
  return {
    system: option,
    comparison,
    seed,
    ended,
    cases,
    operations,
    seconds,
    overlaps,
    mostInFlight,
    stations: advances,
    orders,
    undecided,
    whyUndecided,
    findings: saved.map(({ text: _text, ...finding }) => finding),
    repeatedFindings: repeated,
  };
}
