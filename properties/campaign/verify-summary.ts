/** The summary of a campaign for people, whether it ran here or was put together from shards. */
import pc from 'picocolors';
import { missingCells, printCoverage } from '../coverage/coverage-table.ts';
import { LOOKED_AT_CLOSELY } from '../coverage/coverage.ts';
import { printLengths } from './length-table.ts';
import { MET_MAX, situations } from '../coverage/situations.ts';
import { counted, findingsLines, foundText, replayText } from '../screen/findings-text.ts';
import type { VerifyResult } from '../results/result-schema.ts';

type Colors = Pick<typeof pc, 'red' | 'green' | 'bold'>;

/** Situations that were not met are named in a line up to so many; the list has the others. */
const NAMED_MAX = 3;
const SITUATION_WIDTH = 50;
const COUNT_WIDTH = 18;

/** Cells, and on a system that has every operation branches of the seed, that were not reached. */
export function gapsOf({ cells, branches }: VerifyResult): string[] {
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const taken = branchesTaken(branches);
  const missing = branches.names.filter((_, number) => !taken.has(number));
  return [
    ...missingCells(
      reachable,
      cells.filter(({ count }) => count > 0),
    ),
    ...(branches.areRequired ? missing.map((name) => `replication.c:${name}`) : []),
  ];
}

/** Of each cell the first steps count, whichever shard took them. */
export function branchesTaken({ sampled, first }: VerifyResult['branches']): ReadonlySet<number> {
  const early = first.flatMap(({ looks }) => looks.slice(0, LOOKED_AT_CLOSELY));
  return new Set([...sampled, ...early.flatMap(({ branches }) => branches)]);
}

export interface SummaryOptions {
  /** The table of cells by stage, the lengths of the cases, and by name what was not reached. */
  readonly listsCoverage: boolean;
  /** Each situation with its count, not only the rarest. */
  readonly listsSituations: boolean;
  /** What was not reached is a failure, and named. */
  readonly requiresCoverage: boolean;
  /** One-screen reports by the path of their trace, as far as they are at hand. */
  readonly reports: ReadonlyMap<string, string>;
}

const nothingAsked: SummaryOptions = {
  listsCoverage: false,
  listsSituations: false,
  requiresCoverage: false,
  reports: new Map(),
};

/** What was done where all agree; else what was found, with the failure last and nothing after it. */
export function verifySummary(
  result: VerifyResult,
  asked: Partial<SummaryOptions> = {},
  colors: Colors = pc,
): string {
  const options = { ...nothingAsked, ...asked };
  const isRed = result.findings.length > 0 || result.savedFailures.failing.length > 0;
  return [
    ...(options.listsCoverage ? coverageTables(result) : []),
    ...(options.listsSituations ? result.situations.map(situationLine) : []),
    ...(isRed ? redLines(result, options, colors) : greenLines(result, options, colors)),
  ].join('\n');
}

function coverageTables(result: VerifyResult): string[] {
  const reachable = result.cells.filter(({ isReachable }) => isReachable);
  const reached = result.cells.filter(({ count }) => count > 0);
  const missing = gapsOf(result);
  return [
    printCoverage(reachable, reached),
    '',
    printLengths(result.lengths),
    ...(missing.length === 0 ? [] : ['not reached:', ...missing.map((name) => `  ${name}`)]),
    '',
  ];
}

function greenLines(result: VerifyResult, options: SummaryOptions, colors: Colors): string[] {
  const missing = gapsOf(result);
  const lacks = options.requiresCoverage && missing.length > 0;
  return [
    ...recordedLine(result),
    coverageLine(result, missing),
    situationsLine(result.situations),
    ...deathsLine(result.cells),
    ...documentedLine(result.documented),
    countsLine(result),
    verdictText(result, colors),
    ...(lacks ? [colors.red(lackText(result, missing)), ...missing.map((name) => `  ${name}`)] : []),
  ];
}

/** What was not run, or not to its end, is no agreement. */
function verdictText(result: VerifyResult, colors: Colors): string {
  const { cases, trouble, system, comparison, recorded, ended } = result;
  if (trouble !== null) return colors.red('it could not go on; nothing differed until then');
  if (cases === 0 && (recorded?.played ?? 0) > 0)
    return `${system.name} and the model agree in the recorded traces; no case was run`;
  if (cases === 0) return colors.red('no case was run, and nothing is known');
  const agreement = `${system.name} and the model agree`;
  if (ended === 'interrupted') return `${agreement} as far as it was run, and it was interrupted`;
  return colors.green(`${agreement} (comparison: ${comparison})`);
}

function coverageLine({ cells, branches }: VerifyResult, missing: readonly string[]): string {
  const reachable = cells.filter(({ isReachable }) => isReachable).length;
  const taken = branchesTaken(branches).size;
  if (missing.length === 0)
    return `all ${reachable} cells that can be reached were reached, and ${taken} branches of replication.c`;
  const reached = cells.filter(({ isReachable, count }) => isReachable && count > 0).length;
  return `${reached} of ${reachable} cells and ${taken} of ${branches.names.length} branches of replication.c were reached (--coverage says which)`;
}

function lackText({ cells }: VerifyResult, missing: readonly string[]): string {
  const reachable = cells.filter(({ isReachable }) => isReachable);
  return `${missing.length} of the ${reachable.length} cells and of the branches of replication.c were not reached:`;
}

function countsLine({ cases, operations, timing, options, ended }: VerifyResult): string {
  const rate = Math.round(operations / Math.max(timing.longest, 0.001));
  return `${cases} cases, ${operations} operations checked in ${timing.longest.toFixed(1)} s (${rate}/s), seed ${options.seed}, ended by ${ended}`;
}

function redLines(result: VerifyResult, { reports }: SummaryOptions, colors: Colors): string[] {
  const { findings, system, repeatedFindings, comparison } = result;
  const more = `${counted(repeatedFindings, 'failure')} more with the same signatures`;
  const head = `${foundText(findings)}, and ${more} (comparison: ${comparison})`;
  return [
    ...recordedLine(result),
    `${countsLine(result)}${firstFailureText(result.timing)}`,
    ...savedLines(result.savedFailures, system.option),
    ...findingsLines(findings, reports, system.option, colors.bold(head)),
  ];
}

function savedLines({ run, failing }: VerifyResult['savedFailures'], option: string): string[] {
  const [first] = failing;
  if (first === undefined) return [];
  return [
    `saved failures: ${failing.length} of ${run} still fail`,
    ...failing.map(({ signature, operations, path }) => `  ${signature}, ${operations} operations: ${path}`),
    replayText(first.path, option),
  ];
}

function firstFailureText({ firstFailure }: VerifyResult['timing']): string {
  if (firstFailure === undefined || firstFailure === null) return '';
  const { operations, seconds } = firstFailure;
  return `; the first failure after ${operations} operations and ${seconds.toFixed(1)} s`;
}

/** `situations: 30 of 30, rarest failover-of-two-dirty-nodes 7 times` */
function situationsLine(met: VerifyResult['situations']): string {
  const unmet = met.filter(({ count }) => count === 0).map(({ name }) => name);
  const others = unmet.length - NAMED_MAX;
  const [rarest] = met.toSorted((left, right) => left.count - right.count);
  const share = `situations: ${met.length - unmet.length} of ${met.length}`;
  if (rarest === undefined) return `${share}: none can be met on such a system`;
  return unmet.length > 0
    ? `${share}, not met: ${unmet.slice(0, NAMED_MAX).join(', ')}${others > 0 ? ` and ${others} more` : ''}`
    : `${share}, rarest ${rarest.name} ${times(rarest.count)}`;
}

function situationLine({ name, count }: VerifyResult['situations'][number]): string {
  const what = situations.find((known) => known.name === name)?.what ?? '';
  return `  ${name.padEnd(SITUATION_WIDTH)} ${times(count).padStart(COUNT_WIDTH)}  ${what}`;
}

function times(count: number): string {
  return count >= MET_MAX ? `${MET_MAX} times or more` : `${count} times`;
}

function recordedLine({ recorded, system }: VerifyResult): string[] {
  if (recorded === null) return [];
  const { played, diverged, notRun, leftOut } = recorded;
  const verdict = diverged === 0 ? 'all agree' : `${diverged} of them fail`;
  const left = leftOut === 0 ? '' : `, ${leftOut} left out that ${system.name} cannot be given`;
  return [
    `recorded traces: ${played} played, ${verdict}${left}${notRun === 0 ? '' : `, ${notRun} not played any more`}`,
  ];
}

/** Where a system went another way than 7.2 that its profile allows. */
function documentedLine(documented: VerifyResult['documented']): string[] {
  const told = Object.entries(documented).map(([name, count]) => `${name} ${count}`);
  return told.length === 0 ? [] : [`did not as QEMU 7.2 does, but as is allowed: ${told.join(', ')}`];
}

const DIES = 'process dies: ';

/** The deaths that the model foresees, by their rule; others are failures. */
function deathsLine(cells: VerifyResult['cells']): string[] {
  const deaths = new Map<string, number>();
  for (const { outcome, count } of cells) {
    if (count === 0 || !outcome.startsWith(DIES)) continue;
    const rule = outcome.slice(DIES.length);
    deaths.set(rule, (deaths.get(rule) ?? 0) + count);
  }
  if (deaths.size === 0) return [];
  const told = [...deaths].map(([rule, count]) => `${rule} ${count}`).join(', ');
  return [`the process died as it must: ${told}`];
}
