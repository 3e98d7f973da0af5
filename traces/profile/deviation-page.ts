/** The tables of docs/deviations.md: which deviation was last seen on which version of QEMU. */
import { readFileSync } from 'node:fs';
import { changes, deviations } from '../../model/deviations.ts';
import type { DeviationName } from '../../model/deviations.ts';
import { changeNames, deviationNames } from '../../properties/cases/comparison-mode.ts';
import type { DeviationRun, DeviationRuns } from './deviation-runs.ts';
import { deviationTexts } from './deviation-texts.ts';
import { TraceError } from '../format/trace-error.ts';

const BEGIN = '<!-- begin: written by npm run deviations -->';
const END = '<!-- end: written by npm run deviations -->';

/** Throws a `TraceError`. */
export function readPage(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TraceError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `page` with the tables of these runs in the place of those that it has. Throws a `TraceError` where it has no place. */
export function withTables(page: string, runs: DeviationRuns): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new TraceError(`the page of deviations needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${tables(runs)}\n\n${page.slice(end)}`;
}

function tables({ runs }: DeviationRuns): string {
  return [
    aligned([
      ['version', 'binary', 'last played on', 'reproduced', '`mended`', 'differs'],
      ...runs.map((run) => [
        run.version,
        run.binary,
        run.on,
        ...['reproduced', 'mended', 'differs'].map((how) => String(countOf(run, how))),
      ]),
    ]),
    aligned([
      [
        'deviation, and its trace',
        'what QEMU does',
        'what the document says, or what follows from it',
        'what is accepted instead',
        ...runs.map(({ version }) => version),
      ],
      ...deviationNames.map((name) => {
        const { does, accepted } = deviationTexts[name];
        return rowOf(name, [does, deviations[name], accepted], 'deviations', runs);
      }),
    ]),
    'Where newer versions do otherwise than 7.2 and the document says nothing:',
    aligned([
      ['change, and its trace', 'what newer versions do', ...runs.map(({ version }) => version)],
      ...changeNames.map((name) => rowOf(name, [changes[name]], 'regressions', runs)),
    ]),
  ].join('\n\n');
}

function rowOf(
  name: DeviationName,
  about: readonly string[],
  folder: string,
  runs: DeviationRuns['runs'],
): string[] {
  const link = `[${name}](../traces/saved/${folder}/${name}.json)`;
  const how = runs.map(({ shown }) => shown[name] ?? 'not played');
  return [link, ...about, ...how.map((word) => (word === 'mended' ? '`mended`' : word))];
}

function countOf({ shown }: DeviationRun, how: string): number {
  return deviationNames.filter((name) => shown[name]?.startsWith(how) === true).length;
}

/** As the formatter writes it. */
function aligned(rows: readonly (readonly string[])[]): string {
  const [heads = [], ...lines] = rows;
  const widths = heads.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [lineOf(heads), lineOf(widths.map((width) => '-'.repeat(width))), ...lines.map(lineOf)].join('\n');
}
