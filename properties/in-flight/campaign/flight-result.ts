/** A campaign with overlap that has ended, as a result. */
import { wholeJob } from '../../jobs/shard.ts';
import { versionsHere } from '../../jobs/versions.ts';
import { RESULT_VERSION } from '../../results/result-head.ts';
import type { FlightResult } from '../../results/result-schema.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import type { FlightOptions } from './flight-options.ts';
import type { FlightStatistics } from './flight-statistics.ts';

export interface FlightsAsked extends FlightOptions {
  /** As it was typed. */
  readonly geometryName: string;
  readonly repeat: string;
}

/** A finding as it was saved. */
export interface SavedFinding {
  readonly sentence: string;
  readonly trace: string;
}

/** `saved` are the findings by their signatures. */
export function flightResult(
  { name, option, comparison }: FlightSubject,
  asked: FlightsAsked,
  statistics: FlightStatistics,
  saved: ReadonlyMap<string, SavedFinding>,
  savedFailures: FlightResult['savedFailures'],
): FlightResult {
  const { counts, findings, seconds, crewSeconds } = statistics;
  const { advances: stations, ...counted } = counts;
  const { index, count } = asked.shard ?? wholeJob;
  const orders = [...statistics.orders];
  return {
    format: 'colocheck-result',
    version: RESULT_VERSION,
    command: 'verify --in-flight',
    repeat: asked.repeat,
    versions: versionsHere(),
    system: { name, option },
    comparison,
    shards: { count, done: [index] },
    options: {
      seed: asked.seed,
      cases: finite(asked.casesMax),
      seconds: finite(asked.secondsMax),
      operations: asked.operationsMax,
      geometry: asked.geometryName,
      maxFindings: finite(asked.findingsMax),
    },
    ended: statistics.ended,
    trouble: statistics.trouble?.message ?? null,
    ...counted,
    stations,
    orders: orders.length,
    orderHashes: count === 1 ? null : orders.toSorted((left, right) => left - right),
    findings: findings.map(({ signature, minimal, original, candidates, caseIndex }) => ({
      signature,
      sentence: saved.get(signature)?.sentence ?? '',
      operations: minimal.steps.length,
      trace: saved.get(signature)?.trace ?? '',
      // Nothing says that two signatures have one.
      cause: signature,
      originalOperations: original.steps.length,
      candidates,
      caseIndex,
    })),
    repeatedFindings: statistics.repeated,
    savedFailures,
    seconds: rounded(seconds + crewSeconds),
    longestSeconds: rounded(seconds),
  };
}

function finite(limit: number): number | null {
  return Number.isFinite(limit) ? limit : null;
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}

/** The result for `--json`. */
export function plainFlightResult(result: FlightResult) {
  const { cases, operations, overlaps, mostInFlight, stations, orders, undecided, whyUndecided } = result;
  return {
    system: result.system.option,
    comparison: result.comparison,
    seed: result.options.seed,
    ended: result.ended,
    cases,
    operations,
    seconds: result.longestSeconds,
    overlaps,
    mostInFlight,
    stations,
    orders,
    undecided,
    whyUndecided,
    findings: result.findings.map((finding) => ({
      signature: finding.signature,
      sentence: finding.sentence,
      steps: finding.operations,
      trace: finding.trace,
    })),
    repeatedFindings: result.repeatedFindings,
  };
}
