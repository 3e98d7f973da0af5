/** The kill matrix of requests in flight as a table for people, and what falls short in it. */
import { inFlightMutants } from '../../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { median } from '../../kill-matrix/kill.ts';
import { alignedTable, markdownTable, span } from '../../kill-matrix/table-text.ts';
import type { FlightRow } from './flight-kill.ts';
import { unfound } from './unfound-flights.ts';

const columns = [
  'mutant',
  'origin',
  'random',
  'median s',
  'worst s',
  'operations',
  'first',
  'shrunk',
  'every order',
] as const;

function cells({ mutant, origin, seeds, random, ordered }: FlightRow): readonly string[] {
  const seconds = random.map((kill) => kill.seconds);
  return [
    mutant,
    origin,
    `${random.length}/${seeds}`,
    ...(random.length === 0
      ? ['-', '-', '-', '-', '-']
      : [
          median(seconds).toFixed(3),
          Math.max(...seconds).toFixed(3),
          String(median(random.map(({ operations }) => operations))),
          String(median(random.map(({ firstLength }) => firstLength))),
          span(random.map(({ shrunkLength }) => shrunkLength)),
        ]),
    ordered === null ? '-' : `${ordered.orders} up to ${ordered.world}, ${ordered.seconds.toFixed(3)} s`,
  ];
}

export function flightMatrixText(rows: readonly FlightRow[]): string {
  return alignedTable(columns, rows.map(cells));
}

/** With the reason beside each that nothing finds. */
export function flightMatrixMarkdown(rows: readonly FlightRow[]): string {
  const reasons = rows
    .filter((row) => !isKilled(row))
    .map(({ mutant }) => `- \`${mutant}\`: ${unfound[mutant] ?? 'no reason is known'}`);
  const unmeasured = inFlightMutants
    .filter(({ name }) => !rows.some(({ mutant }) => mutant === name))
    .map(({ name }) => `- \`${name}\`: not measured`);
  return [
    ...markdownTable(columns, rows.map(cells)),
    '',
    ...flightMatrixSummary(rows),
    '',
    ...(reasons.length === 0 ? [] : ['Not found here:', '', ...reasons, '']),
    ...(unmeasured.length === 0 ? [] : ['Left out of this run:', '', ...unmeasured, '']),
  ].join('\n');
}

export function isKilled({ random, ordered }: FlightRow): boolean {
  return random.length > 0 || ordered !== null;
}

export function flightMatrixSummary(rows: readonly FlightRow[]): readonly string[] {
  const killed = rows.filter(isKilled);
  const byOrders = rows.filter(({ ordered }) => ordered !== null);
  const always = rows.filter(({ random, seeds }) => random.length === seeds);
  const medians = rows
    .filter(({ random }) => random.length > 0)
    .map(({ random }) => median(random.map(({ seconds }) => seconds)));
  const ordered = byOrders.map((row) => row.ordered?.seconds ?? Infinity);
  return [
    `of ${rows.length} mutants ${killed.length} are found: ${medians.length} at random, ${always.length} of them with every seed, ${byOrders.length} by every order`,
    `random: median time until a mutant is found ${median(medians).toFixed(3)} s`,
    `every order: median time until a mutant is found ${median(ordered).toFixed(3)} s`,
  ];
}

/** What is not as it should be: a mutant that nothing finds without a known reason, or one that is found although there is one. */
export function flightShortcomings(rows: readonly FlightRow[]): readonly string[] {
  return rows.flatMap((row) => {
    const reason = unfound[row.mutant];
    if (!isKilled(row) && reason === undefined) return [`${row.mutant} survives`];
    return isKilled(row) && reason !== undefined
      ? [`${row.mutant} is found, and is listed as not to be`]
      : [];
  });
}
