/** A table as aligned text, or as Markdown; the first line names the columns. */

type Line = readonly string[];

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
