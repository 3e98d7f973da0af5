/** The kill matrix of requests in flight as a table for people, and what falls short in it. */
import { median } from '../../kill-matrix/kill.ts';
import { alignedTable, markdownTable, randomCells } from '../../kill-matrix/table-text.ts';
import type { FlightRow, OrderedFlightKill } from './flight-kill.ts';

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
  return [mutant, origin, ...randomCells(random, seeds, 3), ordered === null ? '-' : orderedText(ordered)];
}

function orderedText({ orders, world, seconds, shrunkLength }: OrderedFlightKill): string {
  return `${orders} up to ${world}, ${seconds.toFixed(3)} s, shrunk to ${shrunkLength}`;
}

export function flightMatrixText(rows: readonly FlightRow[]): string {
  return alignedTable(columns, rows.map(cells));
}

export function flightMatrixMarkdown(rows: readonly FlightRow[]): string {
  return [...markdownTable(columns, rows.map(cells)), '', ...flightMatrixSummary(rows), ''].join('\n');
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

/** Mutants that nothing finds. */
export function flightShortcomings(rows: readonly FlightRow[]): readonly string[] {
  return rows.filter((row) => !isKilled(row)).map(({ mutant }) => `${mutant} survives`);
}
