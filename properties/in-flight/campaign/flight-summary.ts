/** The summary of a campaign with overlap for people, whether it ran here or was put together from shards. */
import pc from 'picocolors';
import type { FlightResult } from '../../results/result-schema.ts';
import { counted, replayText } from '../../screen/findings-text.ts';
import { ORDERS_COUNTED } from './flight-statistics.ts';

type Colors = Pick<typeof pc, 'red' | 'green' | 'bold'>;

/** What was done, and last of all the report of the shortest finding; `reports` are those at hand, by the path of their trace. */
export function flightSummary(
  result: FlightResult,
  reports: ReadonlyMap<string, string> = new Map(),
  colors: Colors = pc,
): string {
  return [
    ordersLine(result),
    ...undecidedLine(result, colors),
    countsLine(result),
    ...(result.findings.length === 0 ? [verdictText(result, colors)] : findingLines(result, reports, colors)),
  ].join('\n');
}

function ordersLine({ overlaps, stations, orders, mostInFlight }: FlightResult): string {
  const many = orders >= ORDERS_COUNTED ? `at least ${orders}` : `${orders}`;
  return `${overlaps} requests overlapped others, up to ${mostInFlight} at once; ${stations} stations, ${many} different orders followed`;
}

function undecidedLine({ undecided, whyUndecided, cases }: FlightResult, colors: Colors): string[] {
  if (undecided === 0) return [];
  return [colors.red(`undecided: ${undecided} of ${cases} cases (${whyUndecided ?? 'a bound was met'})`)];
}

function countsLine({ cases, operations, longestSeconds, ended, options }: FlightResult): string {
  const rate = Math.round(operations / Math.max(longestSeconds, 0.001));
  return `${cases} cases, ${operations} operations judged in ${longestSeconds.toFixed(1)} s (${rate}/s), seed ${options.seed}, ended by ${ended}`;
}

/** What was not run, or not to its end, is no agreement. */
function verdictText(
  { system, comparison, trouble, cases, undecided, ended }: FlightResult,
  colors: Colors,
): string {
  if (trouble !== null) return colors.red('it could not go on; all was explained until then');
  if (cases === 0 || undecided === cases) return colors.red('nothing was judged, and nothing is known');
  const rest = undecided === 0 ? '' : ' of the cases that were decided';
  const agreement = `an order explains everything that ${system.name} answered in all${rest}`;
  if (ended === 'interrupted') return `${agreement} as far as it was run, and it was interrupted`;
  return colors.green(`${agreement} (comparison: ${comparison})`);
}

function findingLines(
  { findings, repeatedFindings, system }: FlightResult,
  reports: ReadonlyMap<string, string>,
  colors: Colors,
): string[] {
  const [shown, ...others] = findings.toSorted((one, other) => one.operations - other.operations);
  if (shown === undefined) return [];
  const head = `${counted(findings.length, 'finding')}, and ${counted(repeatedFindings, 'failure')} more with the same signatures`;
  return [
    colors.bold(`${head}${others.length === 0 ? '' : '; beside the one below:'}`),
    ...others.map(
      ({ sentence, operations, trace }) => `  ${sentence}\n    ${counted(operations, 'step')}: ${trace}`,
    ),
    '',
    reports.get(shown.trace) ?? briefReport(shown, system.option),
  ];
}

function briefReport(
  { sentence, operations, trace }: FlightResult['findings'][number],
  option: string,
): string {
  return [sentence, counted(operations, 'step'), `trace:  ${trace}`, replayText(trace, option)].join('\n');
}
