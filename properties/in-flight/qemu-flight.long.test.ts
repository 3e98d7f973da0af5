/**
 * Random overlaps on the real binary, each history judged. COLOCHECK_FLIGHT_OPERATIONS and COLOCHECK_FLIGHT_SEED play more of
 * them, and others; COLOCHECK_QEMU names the binary.
 */
import { afterAll, expect, test } from 'vitest';
import { createOverlappingQemu } from '../../impl/qemu/in-flight/overlapping-qemu.ts';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { profiles } from '../../model/deviations.ts';
import type { Follow } from '../../model/deviations.ts';
import type { Operation } from '../../model/operations.ts';
import { anyOverlap } from './history.ts';
import type { HistoryEvent } from './history.ts';
import { judgeHistory } from './judge-history.ts';
import { drawSetup, drawSteps, playSteps } from './testing/qemu-steps.ts';
import { seededDice } from '../cases/seeded-dice.ts';

const skipReason = await reasonToSkip();
const operations = Number(process.env['COLOCHECK_FLIGHT_OPERATIONS'] ?? 400);
const seed = Number(process.env['COLOCHECK_FLIGHT_SEED'] ?? 20_241);
const binary = process.env['COLOCHECK_QEMU'];
const system = createOverlappingQemu(binary === undefined ? {} : { binary });
const follow: Follow = (name) =>
  (system.qemuMajor === 11 ? profiles['qemu-11.1'] : profiles.qemu)(name)[0] ?? 0;

afterAll(() => system.shutdown());

const OPERATIONS_A_CASE = 40;
const SEEDS_APART = 1_000_000;

test.skipIf(skipReason !== null)(
  `every history of ${operations} operations is explained (seed ${seed})`,
  { timeout: 1000 * (60 + operations) },
  async () => {
    for (let at = 0; at * OPERATIONS_A_CASE < operations; at++) {
      const dice = seededDice(seed * SEEDS_APART + at);
      const setup = drawSetup(dice);
      const testCase = { setup, steps: drawSteps(setup, OPERATIONS_A_CASE, dice) };
      const history = await playSteps(system, testCase);
      const verdict = judgeHistory(setup, history, { rules: system.inFlight.capabilities, follow });
      expect(verdict, `case ${at}: ${JSON.stringify(testCase)}`).toMatchObject({
        kind: expect.stringMatching(/^(right|undecided)$/),
      });
    }
  },
);

test.skipIf(skipReason !== null)(
  'a checkpoint between the copy of a write and the write is found wrong',
  async () => {
    const setup = drawSetup(seededDice(seed));
    await system.load(setup);
    const history: HistoryEvent[] = [];
    const alone = async (operation: Operation): Promise<void> => {
      history.push({ kind: 'submit', id: 'alone', operation });
      history.push({ kind: 'answer', id: 'alone', outcome: await system.apply(operation) });
    };
    const write: Operation = { op: 'primaryWrite', sector: 0, count: 1, tag: 5 };
    await alone({ op: 'open' });
    await alone({ op: 'start', mode: 'secondary' });
    history.push({ kind: 'submit', id: 1, operation: write });
    await system.inFlight.submit(1, write);
    while (!system.held.includes('write 0+1')) await system.inFlight.advance(1);
    await alone({ op: 'checkpoint' });
    await alone({ op: 'guestRead', sector: 0, count: 1 });
    for (const { outcome } of await system.inFlight.await(1))
      history.push({ kind: 'answer', id: 1, outcome });
    expect(judgeHistory(setup, history, { rules: anyOverlap, follow })).toEqual({ kind: 'right' });
    await alone({ op: 'guestRead', sector: 0, count: 1 });
    expect(judgeHistory(setup, history, { rules: anyOverlap, follow })).toMatchObject({ kind: 'wrong' });
  },
);
