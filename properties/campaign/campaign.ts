/** A random campaign: cases until a limit, every failure shrunk and reported, the search going on behind it. */
import fc from 'fast-check';
import { EnvironmentError } from '../../impl/environment-error.ts';
import type { Depth } from '../../impl/system.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { shardSeeds } from '../jobs/campaign-seeds.ts';
import { BEFORE_MAX, confirmFailure } from '../shrink/confirm-failure.ts';
import type { ConfirmedFailure } from '../shrink/confirm-failure.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { wholeJob } from '../jobs/shard.ts';
import type { Shard } from '../jobs/shard.ts';
import type { Subject } from '../subjects/subject.ts';
import { emptyStatistics } from './statistics.ts';
import type { Finding, Statistics } from './statistics.ts';

export type { Finding, Statistics } from './statistics.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** The campaign ends at whichever comes first. */
  readonly casesMax: number;
  readonly secondsMax: number;
  readonly operationsMax: number;
  readonly geometry: GeometryChoice;
  readonly depth: Depth;
  /** Ends the campaign after so many different signatures. */
  readonly findingsMax: number;
  /** The part of the campaign that is run; all of it where none is named. */
  readonly shard?: Shard;
  /** What failed before any case was drawn: shrunk and reported like any other failure. */
  readonly recorded?: readonly RecordedDivergence[];
}

export interface RecordedDivergence {
  readonly trace: string;
  readonly testCase: Case;
  readonly divergence: Divergence;
  /** What the same process had been given before, oldest first. */
  readonly before: readonly Case[];
}

export interface CampaignObserver {
  /** Called often; must be cheap. */
  progress(statistics: Statistics): void;
  finding(finding: Finding): void;
  /** True once the user has asked to end. */
  interrupted(): boolean;
}

// Small enough that signals and progress are seen many times a second.
const BATCH_CASES = { sync: 64, async: 4, ahead: 24 };

/** Shards are given whole batches of so many cases. */
export function batchCasesOf(subject: Subject): number {
  return BATCH_CASES[subject.kind === 'async' && subject.begin !== undefined ? 'ahead' : subject.kind];
}

/** What stops the search itself, an adapter that answers nonsense for instance, is kept in `trouble`. */
export async function runCampaign(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
): Promise<Statistics> {
  const statistics = emptyStatistics(options.operationsMax, performance.now());
  const failures: Failure[] = [];
  const clock = (): void => {
    statistics.seconds = secondsSince(statistics.began);
    statistics.curve.add(statistics.seconds, statistics.coverage.operations);
  };
  try {
    for (const failure of options.recorded ?? [])
      if (statistics.findings.length < options.findingsMax)
        await recordFailure(subject, { ...failure, caseIndex: null }, statistics, observer);
    statistics.ended = await search(subject, options, observer, statistics, failures, clock);
  } catch (error) {
    // Where nothing was judged yet there is nothing to report.
    if ((statistics.cases === 0 && statistics.findings.length === 0) || !(error instanceof EnvironmentError))
      throw error;
    statistics.ended = 'trouble';
    statistics.trouble = error;
    for (const failure of failures) recordUnshrunk(failure, statistics, observer);
  }
  clock();
  return statistics;
}

async function search(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
  statistics: Statistics,
  failures: Failure[],
  clock: () => void,
): Promise<Statistics['ended']> {
  const arbitrary = caseArbitrary({ capabilities: subject.capabilities, ...options });
  const batchCases = batchCasesOf(subject);
  let finish: Finish = nothingLeft;
  for (const { seed, batch: index } of shardSeeds(options.seed, options.shard ?? wholeJob)) {
    clock();
    observer.progress(statistics);
    const firstCase = index * batchCases;
    const end = endOf(statistics, firstCase, options, observer);
    const batch = { index, seed, firstCase, numRuns: Math.min(batchCases, options.casesMax - firstCase) };
    const begun =
      end === null
        ? await beginBatch(subject, arbitrary, batch, options.depth, statistics, failures)
        : nothingLeft;
    await finish();
    finish = begun;
    // A failure is shrunk with nothing else on the way.
    if (failures.length > 0) {
      await finish();
      finish = nothingLeft;
    }
    for (const failure of failures) {
      if (statistics.findings.length < options.findingsMax)
        await recordFailure(subject, failure, statistics, observer);
    }
    failures.length = 0;
    if (end !== null) return end;
    // Lets signal handlers run between batches of a system that never waits.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return 'cases';
}

/** Judges what of a batch is still on the way. */
type Finish = () => Promise<void>;
const nothingLeft: Finish = () => Promise.resolve();

interface Failure {
  readonly testCase: Case;
  readonly divergence: Divergence;
  readonly caseIndex: number | null;
  readonly trace?: string;
  /** What the same process had been given before, oldest first. */
  readonly before: readonly Case[];
}

function endOf(
  statistics: Statistics,
  drawn: number,
  options: CampaignOptions,
  observer: CampaignObserver,
): Statistics['ended'] | null {
  if (observer.interrupted()) return 'interrupted';
  if (statistics.findings.length >= options.findingsMax) return 'findings';
  if (drawn >= options.casesMax) return 'cases';
  return statistics.seconds >= options.secondsMax ? 'time' : null;
}

interface Batch {
  readonly index: number;
  readonly seed: number;
  readonly firstCase: number;
  readonly numRuns: number;
}

/** Judges a batch, or sends it on its way to a system that is given cases ahead. */
async function beginBatch(
  subject: Subject,
  arbitrary: fc.Arbitrary<Case>,
  batch: Batch,
  depth: Depth,
  statistics: Statistics,
  failures: Failure[],
): Promise<Finish> {
  const { seed, numRuns } = batch;
  const { split } = statistics;
  let caseIndex = batch.firstCase;
  const record = (testCase: Case, divergence: Divergence | null): void => {
    statistics.lengths[testCase.operations.length] =
      (statistics.lengths[testCase.operations.length] ?? 0) + 1;
    if (divergence !== null) {
      failures.push({ testCase, divergence, caseIndex, before: [...statistics.before] });
      statistics.firstFailure ??= {
        operations: statistics.coverage.operations,
        seconds: secondsSince(statistics.began),
      };
    }
    statistics.before.push(testCase);
    if (statistics.before.length > BEFORE_MAX) statistics.before.shift();
    statistics.cases++;
    caseIndex++;
  };
  const began = performance.now();
  const judgedBefore = split.judging;
  // Failures are collected and shrunk here, not by fast-check, so that the campaign can go on behind them.
  if (subject.kind === 'async' && subject.begin !== undefined) {
    const judge = subject.begin(fc.sample(arbitrary, { seed, numRuns }), depth);
    split.drawing += secondsSince(began);
    return async () => {
      const judging = performance.now();
      statistics.coverage.beginBatch(batch.index);
      await judge(statistics.coverage, record);
      split.judging += secondsSince(judging);
    };
  }
  statistics.coverage.beginBatch(batch.index);
  const runs = { seed, numRuns, endOnFailure: true };
  if (subject.kind === 'sync') {
    const judge = (testCase: Case): void => {
      const judging = performance.now();
      record(testCase, subject.judge(testCase, depth, statistics.coverage));
      split.judging += secondsSince(judging);
    };
    rethrow(fc.check(fc.property(arbitrary, judge), runs));
  } else {
    const judge = async (testCase: Case): Promise<void> => {
      const judging = performance.now();
      record(testCase, await subject.judge(testCase, depth, statistics.coverage));
      split.judging += secondsSince(judging);
    };
    rethrow(await fc.check(fc.asyncProperty(arbitrary, judge), runs));
  }
  split.drawing += secondsSince(began) - (split.judging - judgedBefore);
  return nothingLeft;
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

/** A judge answers with a divergence; whatever it throws is an error of the environment, and no counterexample. */
function rethrow(details: fc.RunDetails<[Case]>): void {
  if (details.failed) throw details.errorInstance;
}

async function recordFailure(
  subject: Subject,
  failure: Failure,
  statistics: Statistics,
  observer: CampaignObserver,
): Promise<void> {
  if (isRepeated(failure, statistics)) {
    statistics.repeated++;
    return;
  }
  const began = performance.now();
  const { testCase, divergence, before } = failure;
  const shrunk = await confirmFailure(subject, testCase, divergence, before);
  statistics.before.length = 0;
  statistics.split.shrinking += secondsSince(began);
  addFinding(failure, shrunk, statistics, observer);
}

/** What a system that cannot be asked any more had shown before. */
function recordUnshrunk(failure: Failure, statistics: Statistics, observer: CampaignObserver): void {
  if (isRepeated(failure, statistics)) return;
  const { testCase, divergence } = failure;
  const operations = testCase.operations.slice(0, divergence.index + 1);
  const minimal = { setup: testCase.setup, operations };
  addFinding(
    failure,
    { minimal, divergence, candidates: 0, thoroughness: 'halving', complete: false },
    statistics,
    observer,
  );
}

function isRepeated({ divergence }: Failure, { findings }: Statistics): boolean {
  return findings.some(({ signature }) => signature === signatureOf(divergence));
}

function addFinding(
  { testCase, divergence, caseIndex, trace }: Failure,
  shrunk: ConfirmedFailure,
  statistics: Statistics,
  observer: CampaignObserver,
): void {
  const finding: Finding = {
    ...shrunk,
    signature: signatureOf(divergence),
    originalOperations: testCase.operations.length,
    caseIndex,
    trace,
  };
  statistics.findings.push(finding);
  observer.finding(finding);
}
