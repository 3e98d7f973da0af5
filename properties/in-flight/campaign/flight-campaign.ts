/**
 * A random campaign with requests in flight: programs are drawn, each is played in several orders, and what no order
 * explains is played anew, shrunk and reported.
 */
import { EnvironmentError } from '../../../impl/environment-error.ts';
import { Interrupted } from '../../../impl/held/interrupted.ts';
import type { GeometryChoice } from '../../cases/geometries.ts';
import { seededDice } from '../../cases/seeded-dice.ts';
import { batchSeeds } from '../../jobs/campaign-seeds.ts';
import { stopwatch } from '../../jobs/stopwatch.ts';
import { budgetOf } from '../../shrink/budget.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { drawProgram } from '../drawing/flight-program.ts';
import { drawFlightSetup } from '../drawing/flight-setup.ts';
import type { Strategy } from '../drawing/interleave.ts';
import { Orders } from '../drawing/orders.ts';
import { seeFlight } from '../lanes/seen-flight.ts';
import type { SeenFlight } from '../lanes/seen-flight.ts';
import { flightSignature } from '../running/flight-divergence.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import { shrinkFlight } from '../shrink/shrink-flight.ts';
import { FlightStatistics } from './flight-statistics.ts';
import type { FlightFinding } from './flight-statistics.ts';

export interface FlightOptions {
  readonly seed: number;
  readonly casesMax: number;
  readonly secondsMax: number;
  readonly operationsMax: number;
  readonly geometry: GeometryChoice;
  readonly findingsMax: number;
  readonly strategy?: Strategy;
}

export interface FlightObserver {
  progress(statistics: FlightStatistics): void;
  interrupted(): boolean;
  finding(finding: FlightFinding): void;
}

/** One program is played in so many orders: the first says how many stations its requests have. */
export const ORDERS_A_PROGRAM = 8;
const SHRINK_SECONDS_MAX = 120;
const GRACE_SECONDS = 5;
const PLAYS = { sync: 1, async: 3 };
/** Lets signal handlers run between programs of a system that never waits. */
const PAUSE_EVERY_SECONDS = 0.05;

export async function runFlightCampaign(
  subject: FlightSubject,
  options: FlightOptions,
  observer: FlightObserver,
): Promise<FlightStatistics> {
  const statistics = new FlightStatistics();
  const seconds = stopwatch();
  try {
    await search(subject, options, observer, statistics, seconds);
  } catch (error) {
    if (error instanceof Interrupted) statistics.ended = 'interrupted';
    else if (error instanceof EnvironmentError && statistics.cases > 0) {
      statistics.ended = 'trouble';
      statistics.trouble = error;
    } else throw error;
  }
  statistics.seconds = seconds();
  return statistics;
}

async function search(
  subject: FlightSubject,
  options: FlightOptions,
  observer: FlightObserver,
  statistics: FlightStatistics,
  seconds: () => number,
): Promise<void> {
  let paused = 0;
  for (const seed of batchSeeds(options.seed)) {
    const dice = seededDice(seed);
    const { capabilities, inFlight } = subject;
    const setup = drawFlightSetup(capabilities, options.geometry, dice);
    const program = drawProgram(setup, capabilities, inFlight, options.operationsMax, dice);
    const orders = new Orders(program, inFlight.requestsMax, options.strategy ?? 'weighted');
    for (let order = 0; order < ORDERS_A_PROGRAM; order++) {
      statistics.seconds = seconds();
      const end = endOf(statistics, options, observer);
      if (end !== null) {
        statistics.ended = end;
        return;
      }
      const testCase = orders.draw(dice);
      const run = subject.kind === 'sync' ? subject.judge(testCase) : await subject.judge(testCase);
      const caseIndex = statistics.cases;
      statistics.note(run.watch);
      orders.learn(run.watch);
      const { verdict } = run;
      if (verdict.kind === 'undecided') {
        statistics.undecided++;
        statistics.whyUndecided ??= verdict.why;
      } else if (verdict.kind === 'wrong') {
        const left = options.secondsMax + GRACE_SECONDS - seconds();
        await record(subject, testCase, verdict.divergence, caseIndex, left, statistics, observer);
      }
    }
    if (statistics.seconds < paused + PAUSE_EVERY_SECONDS) continue;
    paused = statistics.seconds;
    observer.progress(statistics);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function endOf(
  { findings, cases, seconds }: FlightStatistics,
  { findingsMax, casesMax, secondsMax }: FlightOptions,
  observer: FlightObserver,
): FlightStatistics['ended'] | null {
  if (observer.interrupted()) return 'interrupted';
  if (findings.length >= findingsMax) return 'findings';
  if (cases >= casesMax) return 'cases';
  return seconds >= secondsMax ? 'time' : null;
}

async function record(
  subject: FlightSubject,
  original: FlightCase,
  divergence: FlightDivergence,
  caseIndex: number,
  secondsLeft: number,
  statistics: FlightStatistics,
  observer: FlightObserver,
): Promise<void> {
  const signature = flightSignature(divergence);
  if (statistics.findings.some((known) => known.signature === signature)) {
    statistics.repeated++;
    return;
  }
  const budget = budgetOf(Math.min(SHRINK_SECONDS_MAX, secondsLeft), () => observer.interrupted());
  await renewed(subject);
  const shrunk = await shrinkFlight(subject, original, divergence, budget);
  const anew = await playAnew(subject, shrunk.minimal, signature);
  const finding = { ...shrunk, signature, original, caseIndex, ...anew };
  statistics.findings.push(finding);
  observer.finding(finding);
}

export async function playAnew(
  subject: FlightSubject,
  minimal: FlightCase,
  signature: string,
): Promise<Pick<FlightFinding, 'plays' | 'seen'>> {
  let failed = 0;
  let seen: SeenFlight | null = null;
  const of = PLAYS[subject.kind];
  for (let play = 0; play < of; play++) {
    await renewed(subject);
    const played = await seeFlight(subject, minimal);
    const { verdict } = played;
    if (verdict.kind !== 'wrong' || flightSignature(verdict.divergence) !== signature) continue;
    failed++;
    seen ??= played;
  }
  return { plays: { failed, of }, seen };
}

async function renewed(subject: FlightSubject): Promise<void> {
  if (subject.kind === 'async') await subject.renew();
}
