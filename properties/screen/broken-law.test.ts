/** The law behind a difference: named where what was seen breaks one, and none where a system only answers wrongly. */
import { describe, expect, test } from 'vitest';
import {
  failover,
  fourClusters,
  guestWrite,
  primaryWrite,
  settle,
  started,
} from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import { openSystem } from '../subjects/subjects.ts';
import { lawBrokenIn } from './broken-law.ts';
import { runLockstep } from '../lockstep/lockstep.ts';

function lawOf(mutant: string, setup: NodeSetup, ...operations: readonly Operation[]) {
  const testCase = { setup: { nodes: [setup] }, operations };
  const divergence = runLockstep(openSystem(`mutant:${mutant}`), testCase, { depth: 'full' });
  if (divergence === null) throw new Error(`${mutant} does not show`);
  return lawBrokenIn(testCase, divergence)?.name ?? null;
}

describe('a difference', () => {
  test('breaks the law that what was seen breaks', () => {
    const copied = [...started, primaryWrite(2, 5)];
    expect(lawOf('no-copy-before-a-write', fourClusters, ...copied)).toBe('isolation');
    const committed = [...started, guestWrite(0, 7, 2), failover, settle];
    expect(lawOf('commit-of-hidden-only', fourClusters, ...committed)).toBe('failoverEquality');
  });

  test('breaks none where nothing but an answer is wrong', () => {
    expect(lawOf('status-when-done-is-not-running', fourClusters, ...statusWhenDone)).toBeNull();
  });

  test('breaks the law on answers where a primary lets its error through', () => {
    const badSectors = [{ disk: 'secondary', access: 'write', sector: 0 }] as const;
    const primary: NodeSetup = { ...fourClusters, mode: 'primary', badSectors };
    const written: readonly Operation[] = [
      { op: 'open' },
      { op: 'start', mode: 'primary' },
      guestWrite(0, 3),
    ];
    expect(lawOf('the-primary-s-disk-error-reaches-the-guest', primary, ...written)).toBe(
      'primaryErrorsMasked',
    );
  });

  test('breaks none that is known where the system is lost, and its own where it breaks a law by itself', () => {
    const testCase = { setup: { nodes: [fourClusters] }, operations: started };
    const [operation = failover] = started;
    const at = { index: 0, operation, stage: 'closed' } as const;
    expect(lawBrokenIn(testCase, { kind: 'lost', ...at, how: 'crash', detail: '' })).toBeNull();
    const broken = { kind: 'invariant', ...at, invariant: 'stageOrder', law: '' } as const;
    expect(lawBrokenIn(testCase, broken)?.name).toBe('stageOrder');
  });
});

const statusWhenDone: readonly Operation[] = [...started, failover, settle, { op: 'queryStatus' }];
