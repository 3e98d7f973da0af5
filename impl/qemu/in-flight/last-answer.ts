/** An answer for which nothing else has to move. */
import type { RequestNumber } from '../../in-flight.ts';
import { ConnectionLost } from '../watch/qemu-lost.ts';

/** Nothing is held, and nothing moves: it is given as long as any answer. Rejects with a `ConnectionLost`. */
export async function lastAnswer(
  number: RequestNumber,
  done: Promise<void> | undefined,
  stallMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), stallMs);
  });
  const first = await Promise.race([done, late]);
  clearTimeout(timer);
  if (first === 'late')
    throw new ConnectionLost('hang', `request ${number}: no answer for ${stallMs} ms, and nothing is held`);
}
