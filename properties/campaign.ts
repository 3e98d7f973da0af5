/** A random campaign: cases until a limit, every failure shrunk and told, the search going on behind it. */
import fc from 'fast-check';
import { EnvironmentError } from '../impl/environment-error.ts';
import type { Depth } from '../impl/system.ts';
import { caseArbitrary } from './case-arbitrary.ts';
import type { Case } from './case.ts';
import { batchSeeds } from './campaign-seeds.ts';
import { Coverage } from './coverage.ts';
import { signatureOf } from './divergence.ts';
import type { Divergence } from './divergence.ts';
import type { GeometryChoice } from './geometries.ts';
import { shrinkFailure } from './shrink-failure.ts';
import type { ShrunkFailure } from './shrink-failure.ts';
import type { Subject } from './subject.ts';

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
}

export interface Finding extends ShrunkFailure {
  readonly signature: string;
  /** Operations of the case as it was drawn. */
  readonly originalOperations: number;
  readonly caseIndex: number;
}

export interface Tally {
  cases: number;
  readonly coverage: Coverage;
  /** `lengths[n]` cases had n operations. */
  readonly lengths: number[];
  readonly findings: Finding[];
  /** Further failures with a signature already found. */
  repeated: number;
  seconds: number;
  ended: 'cases' | 'time' | 'findings' | 'interrupted' | 'trouble';
  /** Why the campaign could not go on. */
  trouble: EnvironmentError | null;
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

/** What stops the search itself, an adapter that answers nonsense for instance, is kept in `trouble`. */
export async function runCampaign(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
): Promise<Tally> {
  const tally: Tally = {
    cases: 0,
    coverage: new Coverage(),
    lengths: Array<number>(options.operationsMax + 1).fill(0),
    findings: [],
    repeated: 0,
    seconds: 0,
    ended: 'cases',
    trouble: null,
  };
  const failures: Failure[] = [];
  const started = performance.now();
  const clock = (): void => {
    tally.seconds = (performance.now() - started) / 1000;
  };
  try {
    tally.ended = await search(subject, options, observer, tally, failures, clock);
  } catch (error) {
    // Where nothing was judged yet there is nothing to tell.
    if (tally.cases === 0 || !(error instanceof EnvironmentError)) throw error;
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
  const batchCases =
    BATCH_CASES[subject.kind === 'async' && subject.begin !== undefined ? 'ahead' : subject.kind];
  let drawn = 0;
  let finish: Finish = nothingLeft;
  for (const seed of batchSeeds(options.seed)) {
    clock();
    observer.progress(tally);
    const end = endOf(tally, drawn, options, observer);
    const numRuns = Math.min(batchCases, options.casesMax - drawn);
    const begun =
      end === null
        ? await beginBatch(subject, arbitrary, { seed, numRuns }, options.depth, tally, failures)
        : nothingLeft;
    drawn += numRuns;
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
  readonly caseIndex: number;
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
  readonly seed: number;
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
  const record = (testCase: Case, divergence: Divergence | null): void => {
    tally.lengths[testCase.operations.length] = (tally.lengths[testCase.operations.length] ?? 0) + 1;
    if (divergence !== null) failures.push({ testCase, divergence, caseIndex: tally.cases });
    tally.cases++;
  };
  // Failures are collected and shrunk here, not by fast-check, so that the campaign can go on behind them.
  if (subject.kind === 'sync') {
    const judge = (testCase: Case): void => record(testCase, subject.judge(testCase, depth, tally.coverage));
    rethrow(fc.check(fc.property(arbitrary, judge), { ...batch, endOnFailure: true }));
  } else if (subject.begin !== undefined) {
    const judge = subject.begin(fc.sample(arbitrary, batch), depth);
    return () => judge(tally.coverage, record);
  } else {
    const judge = async (testCase: Case): Promise<void> =>
      record(testCase, await subject.judge(testCase, depth, tally.coverage));
    rethrow(await fc.check(fc.asyncProperty(arbitrary, judge), { ...batch, endOnFailure: true }));
  }
  return nothingLeft;
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
  if (isRepeated(failure, tally)) tally.repeated++;
  else
    addFinding(failure, await shrinkFailure(subject, failure.testCase, failure.divergence), tally, observer);
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
  { testCase, divergence, caseIndex }: Failure,
  shrunk: ShrunkFailure,
  tally: Tally,
  observer: CampaignObserver,
): void {
  const finding: Finding = {
    ...shrunk,
    signature: signatureOf(divergence),
    originalOperations: testCase.operations.length,
    caseIndex,
  };
  tally.findings.push(finding);
  observer.finding(finding);
}
