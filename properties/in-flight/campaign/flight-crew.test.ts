/** What a campaign with overlap counts and finds does not depend on how many play, and nothing that was found is lost. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { EnvironmentError } from '../../../impl/environment-error.ts';
import { interruptible } from '../../../impl/held/interruptible-system.ts';
import { inFlightMutants } from '../../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { createInFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import type { System } from '../../../impl/system.ts';
import { NearCrew } from '../../batches/testing/near-crew.ts';
import { asyncFlightSubject, syncFlightSubject } from '../running/flight-subject.ts';
import type { AsyncFlightSubject, FlightSubject } from '../running/flight-subject.ts';
import { atomicInFlight, waitedFor } from '../testing/atomic-in-flight.ts';
import type { FlightBatch, PlayedFlights } from './flight-batch.ts';
import { runFlightCampaign } from './flight-campaign.ts';
import type { FlightCrew, FlightObserver, FlightOptions } from './flight-options.ts';
import { FlightPlayer } from './flight-player.ts';

type Crew = NearCrew<FlightOptions, FlightBatch, PlayedFlights>;

const options: FlightOptions = {
  seed: 24,
  casesMax: 64 * 6 - 5,
  secondsMax: Infinity,
  operationsMax: 40,
  geometry: 'mixed',
  findingsMax: 5,
};
const wanted = { isWanted: () => true };
const silent: FlightObserver = { progress: () => {}, interrupted: () => false, finding: () => {} };

function subjectOf(system: System): FlightSubject {
  const subject = syncFlightSubject(system);
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function waitedSubject(signal: AbortSignal): AsyncFlightSubject {
  const { system } = waitedFor(atomicInFlight(createEfficientSystem(), 'takes effect late'));
  const subject = asyncFlightSubject(interruptible(system, signal));
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function mutantNamed(name: string): System {
  const mutant = inFlightMutants.find((known) => known.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return createInFlightMutant(mutant);
}

/** First behind the third batch. */
const seldomWrong = (): System => mutantNamed('copy-that-ends-frees-the-oldest-one');
const wrong = (): System => atomicInFlight(createEfficientSystem(), 'takes effect late').system;

function crewOn(system: () => System, count: number): Crew {
  return new NearCrew(count, () => {
    const player = new FlightPlayer(subjectOf(system()), options, wanted);
    return (batch) => player.play(batch);
  });
}

async function run(system: () => System, crew: Crew | null, changes: Partial<FlightOptions>) {
  const reported: string[] = [];
  const statistics = await runFlightCampaign(
    subjectOf(system()),
    { ...options, ...changes, crew },
    { ...silent, finding: ({ signature, caseIndex }) => void reported.push(`${signature} ${caseIndex}`) },
  );
  const { counts, orders, findings, repeated, ended } = statistics;
  return { counts, orders, findings, repeated, ended, reported };
}

const untilFound = { findingsMax: 1, casesMax: Infinity };

describe('played by three', () => {
  test.each([
    ['a system that is right', createEfficientSystem, {}],
    ['one that is wrong', wrong, {}],
    ['one that is seldom wrong, up to its first finding', seldomWrong, untilFound],
  ])('all is the same: %s', async (_, system, changes: Partial<FlightOptions>) => {
    const alone = await run(system, null, changes);
    const crew = crewOn(system, 2);
    expect(await run(system, crew, changes)).toEqual(alone);
    expect(crew.played).toBeGreaterThan(0);
    expect(alone.findings.length > 0).toBe(system !== createEfficientSystem);
    if (changes === untilFound) expect(alone.findings[0]?.caseIndex).toBeGreaterThan(64 * 3);
    else expect(alone.counts.cases).toBe(options.casesMax);
  });
});

test('a player hands on the first failure of each signature alone', async () => {
  const player = new FlightPlayer(subjectOf(wrong()), options, wanted);
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const one = await player.play({ index: 0, seeds, firstCase: 0, numRuns: 64 });
  const again = await player.play({ index: 1, seeds, firstCase: 64, numRuns: 64 });
  expect(one.failures[0]).not.toBeNull();
  expect(again.failures).toEqual(one.failures.map(() => null));
});

test('what ends one of them ends the campaign behind what came before, and is no agreement', async () => {
  const lost = new EnvironmentError('it is gone');
  const crew: Crew = new NearCrew(1, () => {
    const player = new FlightPlayer(subjectOf(createEfficientSystem()), options, wanted);
    return async (batch) => ({ ...(await player.play(batch)), ...(batch.index > 3 ? { error: lost } : {}) });
  });
  const asked = { ...options, casesMax: Infinity, crew };
  const { ended, trouble } = await runFlightCampaign(subjectOf(createEfficientSystem()), asked, silent);
  expect({ ended, trouble }).toEqual({ ended: 'trouble', trouble: lost });
});

test('a batch is cut off when the time is over, and the campaign has ended by it', async () => {
  const asked = { ...options, casesMax: 64, secondsMax: 0.000_001 };
  const { ended, counts } = await runFlightCampaign(subjectOf(createEfficientSystem()), asked, silent);
  expect([ended, counts.cases]).toEqual(['time', 0]);
  const crew: Crew = new NearCrew(1, () => {
    const cutOff = new FlightPlayer(subjectOf(createEfficientSystem()), options, wanted);
    return async (batch) => ({ ...(await cutOff.play(batch)), isCut: true });
  });
  const cut = await runFlightCampaign(subjectOf(createEfficientSystem()), { ...options, crew }, silent);
  expect(cut.ended).toBe('time');
  let looks = 0;
  const isWanted = () => ++looks <= 10;
  const player = new FlightPlayer(subjectOf(createEfficientSystem()), options, { isWanted });
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const played = await player.play({ index: 0, seeds, firstCase: 0, numRuns: 64 });
  expect([played.counts.cases, played.isCut, played.error]).toEqual([10, true, null]);
});

test('who is interrupted keeps what all have played, behind a batch that is not answered too', async () => {
  let giveUp = (): void => {};
  const crew: FlightCrew = {
    gatherMs: 0,
    gather: (_asked, _seconds, joins) =>
      joins({
        batchesMax: 1,
        play: () =>
          new Promise((resolve) => {
            giveUp = () => resolve(null);
          }),
      }),
    stop: () => giveUp(),
    dismiss: async () => giveUp(),
  };
  // It looks before each case.
  let looks = 0;
  const interrupted = (): boolean => ++looks > 64 * 8;
  const asked = { ...options, casesMax: Infinity, crew };
  const observer = { ...silent, interrupted };
  const { ended, counts } = await runFlightCampaign(subjectOf(createEfficientSystem()), asked, observer);
  expect(ended).toBe('interrupted');
  expect(counts.cases).toBeGreaterThan(64 * 6);
});

describe('what was found is kept', () => {
  /** Ended after so many cases, of which the first ones are the campaign's own. */
  async function endedAfter(cases: number, end: (stop: AbortController) => void) {
    const stop = new AbortController();
    const subject = waitedSubject(stop.signal);
    let played = 0;
    const counted: FlightSubject = {
      ...subject,
      judge: (testCase, watch) => {
        if (++played === cases) end(stop);
        return subject.judge(testCase, watch);
      },
    };
    const asked = { ...options, findingsMax: 1 };
    const observer = { ...silent, interrupted: () => stop.signal.aborted };
    return runFlightCampaign(counted, asked, observer);
  }

  test('where the user asks to end while it is shrunk, and where it is played anew', async () => {
    const whole = await endedAfter(Infinity, () => {});
    const [finding] = whole.findings;
    if (finding === undefined) throw new Error('nothing was found');
    expect(finding.plays).toEqual({ failed: 3, of: 3 });
    const found = whole.counts.cases;
    const shrunk = await endedAfter(found + 5, (stop) => stop.abort());
    expect(shrunk.ended).toBe('interrupted');
    expect(shrunk.findings).toMatchObject([
      { signature: finding.signature, complete: false, plays: { failed: 0, of: 0 } },
    ]);
    const played = await endedAfter(found + finding.candidates + 2, (stop) => stop.abort());
    expect(played.findings).toMatchObject([
      { minimal: finding.minimal, complete: true, plays: { failed: 1, of: 1 } },
    ]);
  });

  test('where the system is lost while it is shrunk', async () => {
    const { counts } = await endedAfter(Infinity, () => {});
    const lost = new EnvironmentError('it is gone');
    const { ended, trouble, findings } = await endedAfter(counts.cases + 5, () => {
      throw lost;
    });
    expect({ ended, trouble }).toEqual({ ended: 'trouble', trouble: lost });
    expect(findings).toMatchObject([{ candidates: 0, complete: false, plays: { failed: 0, of: 0 } }]);
  });
});
