/** What becomes of a failure: it is reported as it came up, then confirmed and shrunk within a budget, and reported again. */
import type { Case } from '../cases/case.ts';
import { confirmFailure } from '../confirm/confirm-failure.ts';
import type { ConfirmedFailure } from '../confirm/confirm-failure.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import { budgetOf } from '../shrink/budget.ts';
import type { Subject } from '../subjects/subject.ts';
import type { CampaignObserver, CampaignOptions } from './campaign-options.ts';
import { secondsSince } from './statistics.ts';
import type { Finding, Statistics } from './statistics.ts';

export interface Failure {
  readonly testCase: Case;
  readonly divergence: Divergence;
  readonly caseIndex: number | null;
  readonly trace?: string;
  /** What the same process had been given before, oldest first. */
  readonly before: readonly Case[];
}

/** One finding is shrunk no longer, and none when the campaign is over by more than the other. */
const SHRINK_SECONDS_MAX = 120;
const GRACE_SECONDS = 5;

export async function recordFailure(
  subject: Subject,
  failure: Failure,
  statistics: Statistics,
  options: CampaignOptions,
  observer: CampaignObserver,
): Promise<void> {
  if (isRepeated(failure, statistics)) {
    statistics.repeated++;
    return;
  }
  const seconds = stopwatch();
  const { testCase, divergence, before } = failure;
  const left = options.secondsMax + GRACE_SECONDS - secondsSince(statistics.began);
  const budget = budgetOf(Math.min(SHRINK_SECONDS_MAX, left), () => observer.interrupted());
  const shrunk = await confirmFailure(subject, testCase, divergence, before, budget);
  statistics.split.shrinking += seconds();
  addFinding(failure, shrunk, statistics, observer);
}

/** As it came up, before it is confirmed and shrunk. */
export function findingAsFound(failure: Failure): Finding {
  return findingOf(failure, asFound(failure));
}

/** What a system that cannot be asked any more had shown before. */
export function recordUnshrunk(failure: Failure, statistics: Statistics, observer: CampaignObserver): void {
  if (!isRepeated(failure, statistics)) addFinding(failure, asFound(failure), statistics, observer);
}

function asFound(failure: Failure): ConfirmedFailure {
  const { testCase, divergence } = failure;
  const operations = testCase.operations.slice(0, divergence.index + 1);
  const minimal = { setup: testCase.setup, operations };
  return { minimal, divergence, candidates: 0, thoroughness: 'halving', complete: false };
}

export function isRepeated({ divergence }: Failure, { findings }: Statistics): boolean {
  return findings.some(({ signature }) => signature === signatureOf(divergence));
}

function findingOf({ testCase, divergence, caseIndex, trace }: Failure, shrunk: ConfirmedFailure): Finding {
  return {
    ...shrunk,
    signature: signatureOf(divergence),
    originalOperations: testCase.operations.length,
    caseIndex,
    trace,
  };
}

function addFinding(
  failure: Failure,
  shrunk: ConfirmedFailure,
  statistics: Statistics,
  observer: CampaignObserver,
): void {
  const finding = findingOf(failure, shrunk);
  statistics.findings.push(finding);
  observer.finding(finding);
}
