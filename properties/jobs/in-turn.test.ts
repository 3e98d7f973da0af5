/** Pieces are done by whoever is free, and come back in their order. */
import { expect, test } from 'vitest';
import { doneInOrder } from './in-turn.ts';

const late = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('each piece is done once, and order does not depend on who is done first', async () => {
  const done: number[] = [];
  const doers = [9, 0, 3].map((turns) => async (piece: number) => {
    await late(turns);
    done.push(piece);
    return piece * 10;
  });
  const pieces = [1, 2, 3, 4, 5, 6, 7];
  expect(await doneInOrder(pieces, doers, () => true)).toEqual(pieces.map((piece) => piece * 10));
  expect(new Set(done)).toEqual(new Set(pieces));
  expect(done).toHaveLength(pieces.length);
  expect(done).not.toEqual(pieces);
});

test('what is not wanted any more is left, and what fails ends it', async () => {
  const doer = async (piece: number) => piece;
  expect(await doneInOrder([1, 2, 3], [doer, doer], (_, done) => done < 1)).toEqual([1, 2]);
  const asked: number[] = [];
  const failing = async (piece: number) => {
    asked.push(piece);
    await late(1);
    if (piece === 2) throw new Error('no more');
    return piece;
  };
  await expect(doneInOrder([1, 2, 3, 4, 5, 6], [failing, failing], () => true)).rejects.toThrow('no more');
  expect(asked.length).toBeLessThan(5);
});
