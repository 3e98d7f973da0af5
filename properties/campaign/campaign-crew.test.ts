/** What a campaign counts and finds does not depend on how many play its batches, nor on who is done first. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { System } from '../../impl/system.ts';
import type { Batch, PlayedBatch } from '../batches/batch.ts';
import { SubjectPlayer } from '../batches/subject-player.ts';
import { NearCrew } from '../batches/testing/near-crew.ts';
import { syncSubject } from '../subjects/subject.ts';
import { runCampaign } from './campaign.ts';
import type { CampaignOptions, Statistics } from './campaign.ts';

const options: CampaignOptions = {
  seed: 3,
  casesMax: 64 * 10,
  secondsMax: Infinity,
  operationsMax: 60,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 5,
};

type Crew = NearCrew<CampaignOptions, Batch, PlayedBatch>;

function crewOn(system: () => System, count: number): Crew {
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

async function run(system: () => System, crew?: Crew, changes: Partial<CampaignOptions> = {}) {
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
  const crew: Crew = new NearCrew(1, () => {
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
