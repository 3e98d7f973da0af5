/** A table as aligned text, or as Markdown; the first line names the columns. */

import { median } from './kill.ts';

type Line = readonly string[];

/** The first failure of one seed. */
interface FoundAtRandom {
  readonly seconds: number;
  readonly operations: number;
  readonly firstLength: number;
  readonly shrunkLength: number;
}

/** Of how many seeds; seconds in the median, with so many digits, and at worst; operations; lengths as drawn and shrunk. */
export function randomCells(random: readonly FoundAtRandom[], seeds: number, digits: number): Line {
  const found = `${random.length}/${seeds}`;
  if (random.length === 0) return [found, '-', '-', '-', '-', '-'];
  const seconds = random.map((kill) => kill.seconds);
  return [
    found,
    median(seconds).toFixed(digits),
    Math.max(...seconds).toFixed(3),
    String(median(random.map(({ operations }) => operations))),
    String(median(random.map(({ firstLength }) => firstLength))),
    span(random.map(({ shrunkLength }) => shrunkLength)),
  ];
}

export function alignedTable(columns: Line, rows: readonly Line[]): string {
  const table = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(columns: Line, rows: readonly Line[]): string[] {
  return [columns, columns.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`);
}

/** From the least to the most; one of them where they are equal. */
export function span(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least} to ${most}`;
}
