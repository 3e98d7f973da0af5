/** A random campaign: cases until a limit, every failure shrunk and told, the search going on behind it. */
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
import { emptyTally } from './tally.ts';
import type { Finding, Tally } from './tally.ts';

export type { Finding, Tally } from './tally.ts';

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
  /** What failed before any case was drawn: shrunk and told like any other failure. */
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
  progress(tally: Tally): void;
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
): Promise<Tally> {
  const tally = emptyTally(options.operationsMax, performance.now());
  const failures: Failure[] = [];
  const clock = (): void => {
    tally.seconds = secondsSince(tally.began);
    tally.curve.add(tally.seconds, tally.coverage.operations);
  };
  try {
    for (const failure of options.recorded ?? [])
      if (tally.findings.length < options.findingsMax)
        await recordFailure(subject, { ...failure, caseIndex: null }, tally, observer);
    tally.ended = await search(subject, options, observer, tally, failures, clock);
  } catch (error) {
    // Where nothing was judged yet there is nothing to tell.
    if ((tally.cases === 0 && tally.findings.length === 0) || !(error instanceof EnvironmentError))
      throw error;
    tally.ended = 'trouble';
    tally.trouble = error;
    for (const failure of failures) recordUnshrunk(failure, tally, observer);
  }
  clock();
  return tally;
}

async function search(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
  tally: Tally,
  failures: Failure[],
  clock: () => void,
): Promise<Tally['ended']> {
  const arbitrary = caseArbitrary({ capabilities: subject.capabilities, ...options });
  const batchCases = batchCasesOf(subject);
  let finish: Finish = nothingLeft;
  for (const { seed, batch: index } of shardSeeds(options.seed, options.shard ?? wholeJob)) {
    clock();
    observer.progress(tally);
    const firstCase = index * batchCases;
    const end = endOf(tally, firstCase, options, observer);
    const batch = { index, seed, firstCase, numRuns: Math.min(batchCases, options.casesMax - firstCase) };
    const begun =
      end === null
        ? await beginBatch(subject, arbitrary, batch, options.depth, tally, failures)
        : nothingLeft;
    await finish();
    finish = begun;
    // A failure is shrunk with nothing else on the way.
    if (failures.length > 0) {
      await finish();
      finish = nothingLeft;
    }
    for (const failure of failures) {
      if (tally.findings.length < options.findingsMax) await recordFailure(subject, failure, tally, observer);
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
  tally: Tally,
  drawn: number,
  options: CampaignOptions,
  observer: CampaignObserver,
): Tally['ended'] | null {
  if (observer.interrupted()) return 'interrupted';
  if (tally.findings.length >= options.findingsMax) return 'findings';
  if (drawn >= options.casesMax) return 'cases';
  return tally.seconds >= options.secondsMax ? 'time' : null;
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
  tally: Tally,
  failures: Failure[],
): Promise<Finish> {
  const { seed, numRuns } = batch;
  const { split } = tally;
  let caseIndex = batch.firstCase;
  const record = (testCase: Case, divergence: Divergence | null): void => {
    tally.lengths[testCase.operations.length] = (tally.lengths[testCase.operations.length] ?? 0) + 1;
    if (divergence !== null) {
      failures.push({ testCase, divergence, caseIndex, before: [...tally.before] });
      tally.firstFailure ??= {
        operations: tally.coverage.operations,
        seconds: secondsSince(tally.began),
      };
    }
    tally.before.push(testCase);
    if (tally.before.length > BEFORE_MAX) tally.before.shift();
    tally.cases++;
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
      tally.coverage.beginBatch(batch.index);
      await judge(tally.coverage, record);
      split.judging += secondsSince(judging);
    };
  }
  tally.coverage.beginBatch(batch.index);
  const runs = { seed, numRuns, endOnFailure: true };
  if (subject.kind === 'sync') {
    const judge = (testCase: Case): void => {
      const judging = performance.now();
      record(testCase, subject.judge(testCase, depth, tally.coverage));
      split.judging += secondsSince(judging);
    };
    rethrow(fc.check(fc.property(arbitrary, judge), runs));
  } else {
    const judge = async (testCase: Case): Promise<void> => {
      const judging = performance.now();
      record(testCase, await subject.judge(testCase, depth, tally.coverage));
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

/** A judge answers with a divergence; whatever it throws is trouble with the environment, and no counterexample. */
function rethrow(details: fc.RunDetails<[Case]>): void {
  if (details.failed) throw details.errorInstance;
}

async function recordFailure(
  subject: Subject,
  failure: Failure,
  tally: Tally,
  observer: CampaignObserver,
): Promise<void> {
  if (isRepeated(failure, tally)) {
    tally.repeated++;
    return;
  }
  const began = performance.now();
  const { testCase, divergence, before } = failure;
  const shrunk = await confirmFailure(subject, testCase, divergence, before);
  tally.before.length = 0;
  tally.split.shrinking += secondsSince(began);
  addFinding(failure, shrunk, tally, observer);
}

/** What a system that cannot be asked any more had shown before. */
function recordUnshrunk(failure: Failure, tally: Tally, observer: CampaignObserver): void {
  if (isRepeated(failure, tally)) return;
  const { testCase, divergence } = failure;
  const operations = testCase.operations.slice(0, divergence.index + 1);
  const minimal = { setup: testCase.setup, operations };
  addFinding(
    failure,
    { minimal, divergence, candidates: 0, thoroughness: 'halving', complete: false },
    tally,
    observer,
  );
}

function isRepeated({ divergence }: Failure, { findings }: Tally): boolean {
  return findings.some(({ signature }) => signature === signatureOf(divergence));
}

function addFinding(
  { testCase, divergence, caseIndex, trace }: Failure,
  shrunk: ConfirmedFailure,
  tally: Tally,
  observer: CampaignObserver,
): void {
  const finding: Finding = {
    ...shrunk,
    signature: signatureOf(divergence),
    originalOperations: testCase.operations.length,
    caseIndex,
    trace,
  };
  tally.findings.push(finding);
  observer.finding(finding);
}
