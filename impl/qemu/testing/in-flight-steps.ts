/** Plays steps of requests in flight on the real binary, and says what is held after each. */
import type { Operation } from '../../../model/operations.ts';
import type { Answered, RequestNumber } from '../../in-flight.ts';
import type { OverlappingQemu } from '../in-flight/overlapping-qemu.ts';
import { brief, runs, smallSetup, STARTED } from './qemu-fixture.ts';

export type Step = readonly [RequestNumber, Operation] | readonly ['advance' | 'await', RequestNumber];

/** After each step what was answered, and what is held then. */
export async function playSteps(
  system: OverlappingQemu,
  steps: readonly Step[],
  before: readonly Operation[] = STARTED,
): Promise<string[]> {
  await system.load(smallSetup());
  for (const operation of before) await system.apply(operation);
  const lines: string[] = [];
  for (const [what, given] of steps) {
    const answers =
      typeof what === 'number'
        ? await system.inFlight.submit(what, operationOf(given))
        : await system.inFlight[what](numberOf(given));
    const answered = answers.map(({ request, outcome }: Answered) => `${request}: ${String(brief(outcome))}`);
    lines.push(`${answered.join(', ')} | ${system.held.join(', ')}`.trim());
  }
  return lines;
}

function operationOf(given: Operation | RequestNumber): Operation {
  if (typeof given === 'number') throw new Error('a number is submitted');
  return given;
}

function numberOf(given: Operation | RequestNumber): RequestNumber {
  if (typeof given !== 'number') throw new Error('an operation is awaited');
  return given;
}

export async function shownBy(system: OverlappingQemu): Promise<{ view: string; secondary: string }> {
  const [node] = (await system.observe()).nodes;
  return {
    view: node?.view?.kind === 'data' ? runs(node.view.tags) : 'none',
    secondary: runs(node?.secondary),
  };
}

export const guestRead = (sector: number, count = 1): Operation => ({ op: 'guestRead', sector, count });
export const guestWrite = (sector: number, tag: number, count = 1): Operation => ({
  op: 'guestWrite',
  sector,
  count,
  tag,
});
export const primaryRead = (sector: number, count = 1): Operation => ({ op: 'primaryRead', sector, count });
export const primaryWrite = (sector: number, tag: number): Operation => ({
  op: 'primaryWrite',
  sector,
  count: 1,
  tag,
});
export const failover: Operation = { op: 'stop', failover: true };
export const status: Operation = { op: 'queryStatus' };
