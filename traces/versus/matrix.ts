/** Every deviation on several systems, as text, Markdown or data. */
import { basename } from 'node:path';
import { listTraces } from '../replay/failure-folder.ts';
import { readTrace } from '../format/trace-file.ts';
import { statusOf } from './deviation-status.ts';
import type { JudgedSystem, Status } from './deviation-status.ts';

export const DEVIATIONS = 'traces/saved/deviations';

export interface Matrix {
  readonly systems: readonly string[];
  readonly rows: readonly { readonly deviation: string; readonly statuses: readonly Status[] }[];
}

export async function matrixOf(
  systems: readonly JudgedSystem[],
  tell: (done: string) => void,
): Promise<Matrix> {
  const rows: Matrix['rows'][number][] = [];
  for (const path of listTraces(DEVIATIONS)) {
    const trace = readTrace(path);
    const statuses: Status[] = [];
    for (const system of systems) statuses.push(await statusOf(system, trace));
    const deviation = basename(path, '.json');
    tell(deviation);
    rows.push({ deviation, statuses });
  }
  return { systems: systems.map(({ name }) => name), rows };
}

const signs: Readonly<Record<Status['kind'], string>> = {
  deviates: 'as 7.2',
  mended: 'mended',
  differs: 'DIFFERS',
  'not asked': 'not asked',
};

/** Systems stand in columns by number; their names are long. */
export function matrixText({ systems, rows }: Matrix): string {
  const width = Math.max(...rows.map(({ deviation }) => deviation.length));
  const columns = Math.max(...Object.values(signs).map(({ length }) => length)) + 2;
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}  ${cells.map((cell) => cell.padEnd(columns)).join('')}`.trimEnd();
  const details = rows.flatMap(({ deviation, statuses }) =>
    statuses.flatMap(({ kind, detail }, index) =>
      kind === 'differs' ? [`(${index + 1}) ${deviation}: ${detail}`] : [],
    ),
  );
  return [
    ...systems.map((name, index) => `(${index + 1}) ${name}`),
    '',
    line(
      '',
      systems.map((_, index) => `(${index + 1})`),
    ),
    ...rows.map(({ deviation, statuses }) =>
      line(
        deviation,
        statuses.map(({ kind }) => signs[kind]),
      ),
    ),
    ...(details.length === 0 ? [] : ['', ...details]),
  ].join('\n');
}

export function matrixMarkdown({ systems, rows }: Matrix): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[
    row(['deviation', ...systems]),
    row(['---', ...systems.map(() => '---')]),
    ...rows.map(({ deviation, statuses }) => row([deviation, ...statuses.map(({ kind }) => signs[kind])])),
  ].join('\n')}\n`;
}
