/** Analyses many mutants: here where one works alone, else in as many workers as are asked for. */
import { Interrupted } from '../../impl/held/interrupted.ts';
import { doneInOrder } from '../../properties/jobs/in-turn.ts';
import type { Doer } from '../../properties/jobs/in-turn.ts';
import { interruption, isInterrupted } from '../options/interruption.ts';
import { WorkerProcess } from './worker-process.ts';

export interface Analysis<Piece, Done> {
  readonly here: Doer<Piece, Done>;
  readonly by: (worker: WorkerProcess, piece: Piece) => Promise<Done>;
  /** Called before each piece. */
  readonly begins: (piece: Piece, done: number) => void;
}

/** What was done when the user asked to end, in the order of the pieces; all of it where nobody did. */
export async function analysedByAll<Piece, Done>(
  pieces: readonly Piece[],
  workers: number,
  { here, by, begins }: Analysis<Piece, Done>,
): Promise<readonly Done[]> {
  const isWanted = (piece: Piece, done: number): boolean => {
    if (isInterrupted()) return false;
    begins(piece, done);
    return true;
  };
  const count = Math.min(workers, pieces.length);
  if (count < 2) return doneInOrder(pieces, [pausing(here)], isWanted);
  const processes = Array.from({ length: count }, () => new WorkerProcess());
  const kill = (): void => {
    for (const worker of processes) worker.kill();
  };
  interruption.addEventListener('abort', kill);
  try {
    const doers = processes.map((worker): Doer<Piece, readonly Done[]> => async (piece) => {
      try {
        return [await by(worker, piece)];
      } catch (error) {
        if (error instanceof Interrupted) return [];
        throw error;
      }
    });
    return (await doneInOrder(pieces, doers, isWanted)).flat();
  } finally {
    interruption.removeEventListener('abort', kill);
    await Promise.all(processes.map((worker) => worker.leave(null)));
  }
}

/** Lets signal handlers run. */
function pausing<Piece, Done>(doer: Doer<Piece, Done>): Doer<Piece, Done> {
  return async (piece) => {
    const done = await doer(piece);
    await new Promise((resolve) => setImmediate(resolve));
    return done;
  };
}
