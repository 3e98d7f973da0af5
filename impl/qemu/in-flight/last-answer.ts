/** How long is waited for an answer where requests are held, and where nothing has to move for it. */
import type { RequestNumber } from '../../in-flight.ts';
import { ConnectionLost } from '../watch/qemu-lost.ts';

/** What is held may be for as long as all the steps of a case take: so many times as long as any answer. */
export const HELD_STALLS = 20;

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
