/** A campaign that has ended, as a result. */
import { operationNames } from '../../impl/operation-lists.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { CampaignOptions } from './campaign.ts';
import { causeOf } from '../comparison/cause.ts';
import { cellName } from '../coverage/coverage.ts';
import type { Cell } from '../coverage/coverage.ts';
import type { Look } from '../coverage/coverage-gain.ts';
import { lawBrokenIn } from '../screen/broken-law.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { branchName } from '../seed-branches/seed-branch.ts';
import { seedBranches } from '../seed-branches/seed-branches.ts';
import { wholeJob } from '../jobs/shard.ts';
import { situationsWithin } from '../coverage/situations.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Statistics } from './statistics.ts';
import { RESULT_VERSION } from '../results/result-head.ts';
import type { Timing, VerifyResult } from '../results/result-schema.ts';
import type { PartSeconds } from './part-seconds.ts';
import { versionsHere } from '../jobs/versions.ts';

export interface CampaignAsked extends CampaignOptions {
  /** As it was typed. */
  readonly geometryName: string;
  readonly comparison: ComparisonMode;
  readonly repeat: string;
}

export interface CampaignDone {
  readonly statistics: Statistics;
  /** The cells that the system can be brought to. */
  readonly reachable: readonly Cell[];
  /** Where each signature was saved. */
  readonly traces: ReadonlyMap<string, string>;
  readonly savedFailures: VerifyResult['savedFailures'];
  readonly recorded: VerifyResult['recorded'];
  readonly parts: PartSeconds | null;
}

export function verifyResult(subject: Subject, asked: CampaignAsked, done: CampaignDone): VerifyResult {
  const { statistics, traces } = done;
  const shard = asked.shard ?? wholeJob;
  return {
    format: 'colocheck-result',
    version: RESULT_VERSION,
    command: 'verify',
    repeat: asked.repeat,
    versions: versionsHere(),
    system: { name: subject.name, option: subject.option },
    comparison: asked.comparison,
    shards: { count: shard.count, done: [shard.index] },
    options: {
      seed: asked.seed,
      cases: finite(asked.casesMax),
      seconds: finite(asked.secondsMax),
      operations: asked.operationsMax,
      geometry: asked.geometryName,
      depth: asked.depth,
      maxFindings: finite(asked.findingsMax),
    },
    ended: statistics.ended,
    trouble: statistics.trouble?.message ?? null,
    cases: statistics.cases,
    operations: statistics.coverage.operations,
    cells: cellsOf(statistics, done.reachable),
    branches: branchesOf(subject, statistics),
    situations: situationsWithin(subject.capabilities, asked.geometry).map(({ name }) => ({
      name,
      count: statistics.coverage.situations.get(name) ?? 0,
    })),
    documented: Object.fromEntries(
      [...statistics.coverage.documented].toSorted(([left], [right]) => (left < right ? -1 : 1)),
    ),
    lengths: [...statistics.lengths],
    findings: statistics.findings.map((finding) => ({
      signature: finding.signature,
      sentence: describeDivergence(subject.name, finding.divergence),
      operations: finding.minimal.operations.length,
      trace: traces.get(finding.signature) ?? '',
      cause: causeOf(finding.divergence, finding.minimal),
      law: lawBrokenIn(finding.minimal, finding.divergence)?.name ?? null,
      originalOperations: finding.originalOperations,
      candidates: finding.candidates,
      caseIndex: finding.caseIndex,
    })),
    repeatedFindings: statistics.repeated,
    recorded: done.recorded,
    savedFailures: done.savedFailures,
    timing: timingOf(statistics, done.parts),
  };
}

function finite(limit: number): number | null {
  return Number.isFinite(limit) ? limit : null;
}

function cellsOf({ coverage }: Statistics, reachable: readonly Cell[]): VerifyResult['cells'] {
  const cells = new Map<string, VerifyResult['cells'][number]>(
    reachable.map((cell) => [cellName(cell), { ...cell, count: 0, isReachable: true }]),
  );
  for (const cell of coverage.list()) {
    const name = cellName(cell);
    cells.set(name, { ...cell, isReachable: cells.has(name) });
  }
  return [...cells]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { mode, operation, stage, outcome, count, isReachable }]) => ({
      mode,
      operation,
      stage,
      outcome,
      count,
      isReachable,
    }));
}

function branchesOf({ capabilities }: Subject, { coverage }: Statistics): VerifyResult['branches'] {
  const names = seedBranches.filter(({ taken }) => typeof taken === 'function').map(branchName);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numbered = (taken: Iterable<string>): number[] =>
    [...taken].flatMap((name) => numbers.get(name) ?? []).toSorted((left, right) => left - right);
  const looks = new Map<string, Look[]>();
  for (const look of coverage.firstLooks) looks.set(look.cell, [...(looks.get(look.cell) ?? []), look]);
  return {
    names,
    areRequired: operationNames.every((name) => capabilities.operations.includes(name)),
    sampled: numbered(coverage.sampledBranches),
    first: [...looks]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([cell, each]) => ({
        cell,
        looks: each.map(({ batch, branches }) => ({ batch, branches: numbered(branches) })),
      })),
  };
}

function timingOf(statistics: Statistics, parts: PartSeconds | null): Timing {
  const { split, curve, firstFailure } = statistics;
  const { drawing, judging, shrinking } = split;
  // As several machines would have taken them.
  const seconds = statistics.seconds + statistics.crewSeconds;
  return {
    seconds: rounded(seconds),
    longest: rounded(statistics.seconds),
    split: {
      drawing: rounded(drawing),
      model: parts === null ? null : rounded(Math.min(parts.model, drawing)),
      system: parts === null ? null : rounded(Math.min(parts.system, judging)),
      judging: rounded(judging),
      shrinking: rounded(shrinking),
      rest: rounded(Math.max(0, seconds - drawing - judging - shrinking)),
    },
    firstFailure: firstFailure === null ? null : { ...firstFailure, seconds: rounded(firstFailure.seconds) },
    curve: curve.points.map((point) => ({
      seconds: rounded(point.seconds),
      operations: point.operations,
    })),
  };
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}
