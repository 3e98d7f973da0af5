/** Processes that play batches beside this one, each on a system of its own, whatever campaign they are of. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import type { BatchPlace, BatchPlayer } from '../../properties/batches/batch.ts';
import type { Crew } from '../../properties/batches/crew.ts';
import { workersOf } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import type { Answer, Asked } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** Batches of a system in this process take milliseconds: a worker must not wait until this process looks up. */
const BATCHES_AHEAD = 3;

/** What workers are asked for the batches of a kind of campaign, and what their answers come to. */
export interface Errand<Campaign, Given, Played> {
  begin(campaign: Campaign, secondsLeft: number): Asked;
  play(batch: Given): Asked;
  /** Null where it is the answer to something else. */
  played(answer: Answer): Played | null;
  /** What comes of a batch that nobody has played. */
  unplayed(error: Error): Played;
  /** Where the cases in hand are noted; null where they are not. */
  readonly failures: string | null;
}

/** Beside this process there are the workers less one; null where that is nobody. Those who are asked for come at once. */
export function workerCrew<Campaign, Given extends BatchPlace, Played>(
  flags: WorkerFlags,
  errand: Errand<Campaign, Given, Played>,
): Crew<Campaign, Given, Played> | null {
  const others = workersOf(flags) - 1;
  if (others === 0) return null;
  const crew = new WorkerCrew(others, errand);
  return flags.workers === undefined ? crew : Object.assign(crew, { gatherMs: 0 });
}

class WorkerCrew<Campaign, Given extends BatchPlace, Played> implements Crew<Campaign, Given, Played> {
  readonly #count: number;
  readonly #errand: Errand<Campaign, Given, Played>;
  readonly #workers: WorkerProcess[] = [];
  #isBusy = false;

  constructor(count: number, errand: Errand<Campaign, Given, Played>) {
    this.#count = count;
    this.#errand = errand;
  }

  gather(campaign: Campaign, secondsLeft: number, joins: (player: BatchPlayer<Given, Played>) => void): void {
    const first = this.#errand.begin(campaign, secondsLeft);
    for (let place = 0; place < this.#count; place++) {
      const worker = new WorkerProcess();
      this.#workers.push(worker);
      void this.#join(worker, first, joins);
    }
  }

  stop(): void {
    // One whose batches take milliseconds has nothing to lose, and is not waited for.
    for (const worker of this.#workers)
      if (this.#isBusy) worker.kill();
      else worker.stop();
  }

  async dismiss(): Promise<void> {
    const { failures } = this.#errand;
    await Promise.all(this.#workers.map((worker) => worker.leave(failures)));
  }

  /** One that cannot be started joins as well: it fails with the first batch, and the campaign with it. */
  async #join(
    worker: WorkerProcess,
    first: Asked,
    joins: (player: BatchPlayer<Given, Played>) => void,
  ): Promise<void> {
    try {
      const answer = await worker.ask(first);
      if (answer.kind !== 'ready') throw strange(answer);
      this.#isBusy = answer.isBusy;
      const batchesMax = answer.isBusy ? BATCHES_AHEAD : answer.batchesMax;
      joins({ batchesMax, play: (batch) => this.#playedBy(worker, batch) });
    } catch (error) {
      if (error instanceof Interrupted) return;
      joins({ batchesMax: 1, play: async () => this.#errand.unplayed(asError(error)) });
    }
  }

  async #playedBy(worker: WorkerProcess, batch: Given): Promise<Played | null> {
    try {
      const answer = await worker.ask(this.#errand.play(batch));
      const played = this.#errand.played(answer);
      if (played === null) throw strange(answer);
      return played;
    } catch (error) {
      if (error instanceof Interrupted) return null;
      const last = batch.firstCase + batch.numRuns - 1;
      const at = `(it was given cases ${batch.firstCase} to ${last})`;
      return this.#errand.unplayed(
        error instanceof EnvironmentError ? new EnvironmentError(`${error.message} ${at}`) : asError(error),
      );
    }
  }
}

function strange({ kind }: Answer): EnvironmentError {
  return new EnvironmentError(`a worker has answered ${kind}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
