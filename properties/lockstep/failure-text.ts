/** Prints a failure report on one screen. */
import pc from 'picocolors';
import { contentSymbols } from '../screen/content-symbols.ts';
import type { FailureReport, LayerRow, ReportStep } from './failure-report.ts';

type Colors = Pick<typeof pc, 'red' | 'green' | 'bold' | 'dim'>;

/** More steps than this are cut in the middle: minimal cases are far shorter. */
const STEPS_SHOWN = 24;

export function printFailure(report: FailureReport, colors: Colors = pc): string {
  return [
    colors.bold(colors.red(report.sentence)),
    ...(report.law === null ? [] : [report.law]),
    colors.dim(report.setup),
    '',
    ...printSteps(report.steps, colors),
    '',
    ...printLayers(report, colors),
    ...report.circumstances,
    ...(report.circumstances.length === 0 ? [] : ['']),
    report.history,
  ].join('\n');
}

function printSteps(steps: readonly ReportStep[], colors: Colors): string[] {
  const lines = steps.map((step) => {
    const mark = step.culprit ? '>' : step.touchesSector ? '*' : ' ';
    const line = `${mark} ${String(step.index + 1).padStart(3)}  ${step.text.padEnd(42)} ${cut(step.outcome, 60)}`;
    return step.culprit ? colors.red(line) : line;
  });
  if (lines.length <= STEPS_SHOWN) return lines;
  const left = lines.length - STEPS_SHOWN;
  return [
    ...lines.slice(0, 4),
    colors.dim(`      ... ${left} steps not shown ...`),
    ...lines.slice(4 + left),
  ];
}

function printLayers({ layers, sectors, gaps, missing }: FailureReport, colors: Colors): string[] {
  if (layers.length === 0) return [];
  const width = 5;
  const cells = (entries: readonly (string | number)[]): string =>
    entries.map((entry) => String(entry).padStart(width)).join('');
  const rows = layers.flatMap((row) => [
    `${row.layer.padEnd(10)} before  ${cells(row.before)}`,
    `${''.padEnd(10)} model   ${cells(row.expected)}`,
    `${''.padEnd(10)} system  ${markDifferences(row, width, colors)}`,
  ]);
  const missed = missing.map((line) => colors.red(line));
  return [
    ...gaps,
    `${'sector'.padEnd(10)}         ${cells(sectors)}`,
    ...rows,
    ...missed,
    colors.dim(legendOf(layers)),
    '',
  ];
}

/** Only of the signs that are there. */
function legendOf(layers: readonly LayerRow[]): string {
  const entries = new Set(
    layers.flatMap(({ before, expected, actual }) => [before, expected, actual].flat()),
  );
  const signs = Object.values(contentSymbols)
    .filter(({ sign }) => entries.has(sign))
    .map(({ sign, words }) => `, ${sign} ${words}`);
  const tags = `tag of the write that each sector holds: 0 zeroes${signs.join('')}`;
  const isAnswering = layers.some(({ layer }) => layer === 'answers');
  return isAnswering ? `${tags};\nanswers: act(ive), hid(den) or sec(ondary) disk` : tags;
}

function markDifferences({ expected, actual }: LayerRow, width: number, colors: Colors): string {
  return actual
    .map((entry, index) => {
      const cell = entry.padStart(width);
      return entry === contentSymbols.notShown.sign || entry === expected[index] ? cell : colors.red(cell);
    })
    .join('');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}
