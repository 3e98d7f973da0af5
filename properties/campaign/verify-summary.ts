/** The summary of a campaign for people, whether it ran here or was put together from shards. */
import { missingCells, printCoverage } from '../coverage/coverage-table.ts';
import { LOOKED_AT_CLOSELY } from '../coverage/coverage.ts';
import { printLengths } from './length-table.ts';
import { MET_MAX, situations } from '../coverage/situations.ts';
import type { VerifyResult } from '../results/result-schema.ts';

/** Situations that were not met are named in a line up to so many; the list tells the others. */
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
  /** Each situation with its count, not only the rarest. */
  readonly listsSituations: boolean;
}

/** What a campaign that has found nothing may promise. */
function agreement({ system, comparison, cases, ended }: VerifyResult): string {
  if (cases === 0)
    return `no case was played: nothing is known of ${system.name} (comparison: ${comparison})`;
  const asFar = ended === 'interrupted' ? ', as far as it was run' : '';
  return `${system.name} and the model agree${asFar} (comparison: ${comparison})`;
}

export function verifySummary(
  result: VerifyResult,
  { listsSituations }: SummaryOptions = { listsSituations: false },
): string {
  const { cells, failures, comparison, operations, timing } = result;
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const missing = gapsOf(result);
  const rate = Math.round(operations / Math.max(timing.longest, 0.001));
  const verdict =
    failures.length === 0
      ? agreement(result)
      : `${failures.length} kinds of failure, ${result.repeatedFailures} more with the same signatures (comparison: ${comparison})`;
  return [
    printCoverage(
      reachable,
      cells.filter(({ count }) => count > 0),
    ),
    '',
    printLengths(result.lengths),
    missing.length === 0
      ? `all ${reachable.length} cells that can be reached were reached, and ${branchesTaken(result.branches).size} branches of replication.c`
      : [
          `${missing.length} of the ${reachable.length} cells and of the branches of replication.c were not reached:`,
          ...missing.map((name) => `  ${name}`),
        ].join('\n'),
    situationsLine(result.situations),
    ...(listsSituations ? result.situations.map(situationLine) : []),
    ...deathsLine(cells),
    ...documentedLine(result.documented),
    ...recordedLine(result),
    ...firstFailureLine(timing),
    `${result.cases} cases, ${operations} operations checked in ${timing.longest.toFixed(1)} s (${rate}/s), seed ${result.options.seed}, ended by ${result.ended}`,
    verdict,
  ].join('\n');
}

function firstFailureLine({ firstFailure }: VerifyResult['timing']): string[] {
  if (firstFailure === undefined || firstFailure === null) return [];
  const { operations, seconds } = firstFailure;
  return [`the first failure was found after ${operations} operations and ${seconds.toFixed(1)} s`];
}

/** `situations: 30 of 30, rarest failover-of-two-dirty-nodes 7 times` */
function situationsLine(counted: VerifyResult['situations']): string {
  const unmet = counted.filter(({ count }) => count === 0).map(({ name }) => name);
  const others = unmet.length - NAMED_MAX;
  const [rarest] = counted.toSorted((left, right) => left.count - right.count);
  const met = `situations: ${counted.length - unmet.length} of ${counted.length}`;
  if (rarest === undefined) return `${met}: none can be met on such a system`;
  return unmet.length > 0
    ? `${met}, not met: ${unmet.slice(0, NAMED_MAX).join(', ')}${others > 0 ? ` and ${others} more` : ''}`
    : `${met}, rarest ${rarest.name} ${times(rarest.count)}`;
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
