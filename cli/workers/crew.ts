/** The workers of a campaign: processes that play its batches beside this one, each on a system of its own. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import type { Batch, BatchPlayer, PlayedBatch } from '../../properties/batches/batch.ts';
import { noGain } from '../../properties/coverage/coverage-gain.ts';
import type { CampaignOptions, Crew } from '../../properties/campaign/campaign.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { workersOf } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { receivedError } from './messages.ts';
import type { CampaignTask } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** Batches of a system in this process take milliseconds: a worker must not wait until this process looks up. */
const BATCHES_AHEAD = 3;

export interface CrewPlace {
  /** Where the cases in hand are noted; left out: nowhere. */
  readonly failures?: string;
  readonly repeat?: (seed: number) => string;
}

/** Beside this process there are the workers less one; null where that is nobody. Those who are asked for come at once. */
export function crewOf(
  system: string,
  options: SubjectOptions,
  flags: WorkerFlags,
  place: CrewPlace = {},
): Crew | null {
  const others = workersOf(flags) - 1;
  if (others === 0) return null;
  const crew = new WorkerCrew(system, options, others, place);
  return flags.workers === undefined ? crew : Object.assign(crew, { gatherMs: 0 });
}

class WorkerCrew implements Crew {
  readonly #system: string;
  readonly #options: CampaignTask['options'];
  readonly #count: number;
  readonly #place: CrewPlace;
  readonly #workers: WorkerProcess[] = [];
  #isBusy = false;

  constructor(system: string, options: SubjectOptions, count: number, place: CrewPlace) {
    const { signal: _signal, tell: _tell, ...plain } = options;
    this.#system = system;
    this.#options = plain;
    this.#count = count;
    this.#place = place;
  }

  gather(options: CampaignOptions, secondsLeft: number, joins: (player: BatchPlayer) => void): void {
    const { operationsMax, geometry, depth, seed } = options;
    const { failures, repeat } = this.#place;
    const task: CampaignTask = {
      system: this.#system,
      options: this.#options,
      play: { operationsMax, geometry, depth },
      secondsLeft,
      notes: failures === undefined ? null : { folder: failures, seed, repeat: repeat?.(seed) ?? '' },
    };
    for (let place = 0; place < this.#count; place++) {
      const worker = new WorkerProcess();
      this.#workers.push(worker);
      void join(worker, task, (player, isBusy) => {
        this.#isBusy = isBusy;
        joins(player);
      });
    }
  }

  stop(): void {
    // One whose batches take milliseconds has nothing to lose, and is not waited for.
    for (const worker of this.#workers)
      if (this.#isBusy) worker.kill();
      else worker.stop();
  }

  async dismiss(): Promise<void> {
    const { failures = null } = this.#place;
    await Promise.all(this.#workers.map((worker) => worker.leave(failures)));
  }
}

/** One that cannot be started joins as well: it fails with the first batch, and the campaign with it. */
async function join(
  worker: WorkerProcess,
  task: CampaignTask,
  joins: (player: BatchPlayer, isBusy: boolean) => void,
): Promise<void> {
  try {
    const answer = await worker.ask({ kind: 'campaign', task });
    if (answer.kind !== 'ready') throw new EnvironmentError(`a worker has answered ${answer.kind}`);
    const batchesMax = answer.isBusy ? BATCHES_AHEAD : answer.batchesMax;
    joins({ batchesMax, play: (batch) => playedBy(worker, batch) }, answer.isBusy);
  } catch (error) {
    if (!(error instanceof Interrupted)) joins({ batchesMax: 1, play: async () => unplayed(error) }, false);
  }
}

async function playedBy(worker: WorkerProcess, batch: Batch): Promise<PlayedBatch | null> {
  try {
    const answer = await worker.ask({ kind: 'batch', batch });
    if (answer.kind !== 'played') throw new EnvironmentError(`a worker has answered ${answer.kind}`);
    const { error, ...played } = answer.played;
    return { ...played, error: error === null ? null : receivedError(error) };
  } catch (error) {
    if (error instanceof Interrupted) return null;
    const last = batch.firstCase + batch.numRuns - 1;
    const at = `(it was given cases ${batch.firstCase} to ${last})`;
    return unplayed(
      error instanceof EnvironmentError ? new EnvironmentError(`${error.message} ${at}`) : error,
    );
  }
}

function unplayed(error: unknown): PlayedBatch {
  return {
    lengths: [],
    reached: noGain,
    failures: [],
    firstFailure: null,
    drawing: 0,
    judging: 0,
    error: error instanceof Error ? error : new Error(String(error)),
  };
}
