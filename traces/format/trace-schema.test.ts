/** The schema of traces says the same as the shared vocabulary and the table of operations. */
import { argumentsOf, operationNames } from '../../impl/operation-lists.ts';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { operationTable } from '../../model/operations.ts';
import type { Argument, ArgumentKind } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { realGeometry } from '../../properties/cases/geometries.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { traceSchema } from './trace-schema.ts';
import type { Trace } from './trace-schema.ts';

test('a trace holds exactly the setups of the vocabulary (checked by the compiler)', () => {
  expectTypeOf<Trace['setup']>().toEqualTypeOf<Setup>();
});

const samples = { sector: 0, count: 1, tag: 2, boolean: true, 'boolean or null': null } as const;
const sample = (kind: ArgumentKind): Argument => (typeof kind === 'string' ? samples[kind] : (kind[0] ?? ''));

/** On a node in either mode: what one of them does not have cannot break. */
function isRead(operation: object): boolean {
  return (['secondary', 'primary'] as const).some((mode) => {
    const nodes = soundTrace.setup.nodes.map((node) => ({ ...node, mode, badSectors: [] }));
    return traceSchema.safeParse({ ...soundTrace, setup: { nodes }, operations: [operation] }).success;
  });
}

describe.each(operationNames)('%s', (op) => {
  const taken = argumentsOf(op).map(([name, kind]) => [name, sample(kind)] as const);
  const operation = { op, ...Object.fromEntries(taken) };

  test('is read with all of its arguments', () => {
    expect(isRead(operation)).toBe(true);
    for (const [name] of taken) expect(isRead({ ...operation, [name]: undefined })).toBe(false);
    for (const [name] of taken) expect(isRead({ ...operation, [name]: 'none' })).toBe(false);
  });

  test('is read with its node, if it has one, and with nothing else', () => {
    expect(isRead({ ...operation, node: 0 })).toBe(operationTable[op].scope === 'node');
    expect(isRead({ ...operation, skip: true })).toBe(true);
    expect(isRead({ ...operation, other: 0 })).toBe(false);
  });
});

test('what was recorded may be any error number', () => {
  const errno = (name: string) =>
    traceSchema.safeParse({ ...soundTrace, recorded: { outcomes: [{ kind: 'errno', errno: name }] } })
      .success;
  expect(['EIO', 'ENOSPC', 'ENOMEDIUM'].map(errno)).toEqual([true, true, true]);
  expect(['E', 'ok', 'EIO\n'].map(errno)).toEqual([false, false, false]);
});

describe('a disk with gaps', () => {
  const withGap = (sector: number, sectors: number) => {
    const geometry = { ...realGeometry, gaps: [{ sector, sectors }] };
    const nodes = soundTrace.setup.nodes.map((node) => ({
      ...node,
      geometry,
      badSectors: [],
      initialContent: [],
    }));
    const read = (from: number, count: number) => [{ op: 'guestRead', sector: from, count }];
    return { ...soundTrace, setup: { nodes }, operations: read(500, 12).concat(read(512, 512)) };
  };
  const issuesOf = (given: object) =>
    traceSchema.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  test('is read, and lies where no unit is cut', () => {
    expect(issuesOf(withGap(512, 2 ** 31))).toBeUndefined();
    expect(issuesOf(withGap(500, 2 ** 31))?.join()).toContain(
      'setup.nodes.0.geometry.gaps: the gap of 2147483648 sectors before sector 500: both must be multiples',
    );
  });

  test('has no operation that crosses one', () => {
    const crossing = { ...withGap(512, 2 ** 31), operations: [{ op: 'guestRead', sector: 500, count: 13 }] };
    expect(issuesOf(crossing)).toEqual([
      'operations.0: sectors 500 to 512 lie on both sides of a gap: no request crosses one',
    ]);
  });
});
