/** What a campaign counts and finds does not depend on how many play its batches, nor on who is done first. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { System } from '../../impl/system.ts';
import type { Batch, BatchPlayer, PlayedBatch } from '../batches/batch.ts';
import { SubjectPlayer } from '../batches/subject-player.ts';
import { syncSubject } from '../subjects/subject.ts';
import { runCampaign } from './campaign.ts';
import type { CampaignOptions, CampaignCrew, Statistics } from './campaign.ts';

const options: CampaignOptions = {
  seed: 3,
  casesMax: 64 * 10,
  secondsMax: Infinity,
  operationsMax: 60,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 5,
};

/** Others in this process, of whom each answers as many turns of the event loop late as its number says. */
class NearCrew implements CampaignCrew {
  readonly gatherMs = 0;
  readonly #players: readonly BatchPlayer[];
  #isGone = false;
  played = 0;

  constructor(count: number, play: (place: number) => BatchPlayer['play']) {
    this.#players = Array.from({ length: count }, (_, place) => {
      const playing = play(place);
      return {
        batchesMax: 2,
        play: async (batch: Batch): Promise<PlayedBatch | null> => {
          const played = await playing(batch);
          for (let turn = 0; turn < place * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          if (this.#isGone) return null;
          this.played++;
          return played;
        },
      };
    });
  }

  gather(_options: CampaignOptions, _seconds: number, joins: (player: BatchPlayer) => void): void {
    for (const player of this.#players) joins(player);
  }

  stop(): void {
    this.#isGone = true;
  }

  async dismiss(): Promise<void> {
    this.#isGone = true;
  }
}

function crewOn(system: () => System, count: number): NearCrew {
  return new NearCrew(count, () => {
    const player = new SubjectPlayer(syncSubject(system()), options);
    return (batch) => player.play(batch);
  });
}

function mutantNamed(name: string): System {
  const mutant = mutants.find((known) => known.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return createMutant(mutant);
}

const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

async function run(system: () => System, crew?: NearCrew, changes: Partial<CampaignOptions> = {}) {
  const reported: string[] = [];
  const observer = {
    ...silent,
    found: ({ signature, caseIndex }: Statistics['findings'][number]) =>
      void reported.push(`${signature} ${caseIndex}`),
  };
  const asked = { ...options, ...changes, ...(crew === undefined ? {} : { crew }) };
  const statistics = await runCampaign(syncSubject(system()), asked, observer);
  const { cases, lengths, coverage, findings, repeated, ended, firstFailure } = statistics;
  const { operations, cells, firstLooks, sampledBranches, situations } = coverage;
  return {
    counted: { cases, lengths, operations, cells, situations, list: coverage.list() },
    branches: { firstLooks, sampledBranches },
    failed: { findings, repeated, ended, reported, first: firstFailure?.operations },
  };
}

/** First in batch 15. */
const seldomWrong = () => mutantNamed('split-write-is-cut-at-slices-of-hidden-alone');
const wrong = () => mutantNamed('no-copy-before-a-write');

describe('played by three', () => {
  test.each([
    ['a system that agrees', createEfficientSystem, {}],
    ['one that fails in many ways', wrong, { findingsMax: 60, casesMax: 64 * 6 }],
    ['one that fails seldom, up to its first finding', seldomWrong, { findingsMax: 1, casesMax: Infinity }],
    ['a shard', createEfficientSystem, { casesMax: 64 * 24, shard: { index: 2, count: 3 } }],
  ] as const)('all is the same: %s', async (_, system, changes) => {
    const alone = await run(system, undefined, changes);
    const crew = crewOn(system, 2);
    expect(await run(system, crew, changes)).toEqual(alone);
    expect(crew.played).toBeGreaterThan(1);
  });
});

test('what ends one of them ends the campaign behind what came before, and is no agreement', async () => {
  const lost = new EnvironmentError('it is gone');
  const crew = new NearCrew(1, () => {
    const player = new SubjectPlayer(syncSubject(createEfficientSystem()), options);
    return async (batch) => ({ ...(await player.play(batch)), ...(batch.index > 6 ? { error: lost } : {}) });
  });
  const asked = { ...options, casesMax: Infinity, crew };
  const { ended, trouble, cases } = await runCampaign(syncSubject(createEfficientSystem()), asked, silent);
  expect({ ended, trouble }).toEqual({ ended: 'trouble', trouble: lost });
  expect(cases % 64).toBe(0);
});

test('who is interrupted keeps what all have played', async () => {
  const crew = crewOn(createEfficientSystem, 2);
  let looks = 0;
  const interrupted = () => ++looks > 40;
  const asked = { ...options, casesMax: Infinity, crew };
  const { ended, cases } = await runCampaign(syncSubject(createEfficientSystem()), asked, {
    ...silent,
    interrupted,
  });
  expect(ended).toBe('interrupted');
  expect(cases).toBeGreaterThan(64);
});
