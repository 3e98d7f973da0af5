/** What becomes of a failure with overlap: it is shrunk within a budget, and what is left is played anew. */
import { unlessInterrupted } from '../../../impl/held/interrupted.ts';
import type { Budget } from '../../shrink/budget.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { seeFlight } from '../lanes/seen-flight.ts';
import type { SeenFlight } from '../lanes/seen-flight.ts';
import { flightSignature } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import { shrinkFlight } from '../shrink/shrink-flight.ts';
import type { FlightFailure } from './flight-batch.ts';
import type { FlightFinding } from './flight-statistics.ts';

const PLAYS = { sync: 1, async: 3 };

/** Where the user asks to end it is as small as it was by then. */
export async function confirmFlight(
  subject: FlightSubject,
  failure: FlightFailure,
  budget: Budget,
): Promise<FlightFinding> {
  const { testCase: original, divergence, caseIndex } = failure;
  const signature = flightSignature(divergence);
  const shrunk = await unlessInterrupted(async () => {
    await renewed(subject);
    return shrinkFlight(subject, original, divergence, budget);
  });
  if (shrunk === 'interrupted') return flightAsFound(failure);
  const anew = await playAnew(subject, shrunk.minimal, signature);
  return { ...shrunk, signature, original, caseIndex, ...anew };
}

/** Cut behind what went wrong, neither shrunk nor played anew. */
export function flightAsFound({ testCase, divergence, caseIndex }: FlightFailure): FlightFinding {
  const { setup, steps } = testCase;
  return {
    minimal: { setup, steps: steps.slice(0, divergence.index + 1) },
    divergence,
    candidates: 0,
    complete: false,
    signature: flightSignature(divergence),
    original: testCase,
    caseIndex,
    plays: { failed: 0, of: 0 },
    seen: null,
  };
}

export async function playAnew(
  subject: FlightSubject,
  minimal: FlightCase,
  signature: string,
): Promise<Pick<FlightFinding, 'plays' | 'seen'>> {
  let [failed, of] = [0, 0];
  let seen: SeenFlight | null = null;
  while (of < PLAYS[subject.kind]) {
    const played = await unlessInterrupted(async () => {
      await renewed(subject);
      return seeFlight(subject, minimal);
    });
    if (played === 'interrupted') break;
    of++;
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
