/** The comparison with the design document: it fails no sound system, sees through little, and still finds the bugs. */
import { describe, expect, test } from 'vitest';
import { createVariant } from '../../impl/document/variant.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { AsyncSystem, System } from '../../impl/system.ts';
import { fourClusters, primaryWrite, started } from '../../model/testing/scenario.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { asyncSubject, syncSubject } from '../subjects/subject.ts';
import { campaign, documented } from './testing/document-campaign.ts';

/** The system behind a wire that lets through what `shows` leaves. */
function farAway(
  near: System,
  shows: (node: ShownNode) => ShownNode,
  control: 'driver' | 'qmp' = 'driver',
): AsyncSystem {
  return {
    name: near.name,
    capabilities: { ...near.capabilities, control },
    load: (setup) => Promise.resolve(near.load(setup)),
    apply: (operation) => Promise.resolve(near.apply(operation)),
    observe: () => Promise.resolve({ nodes: near.observe().map(shows) }),
    accepts: () => true,
    unload: () => Promise.resolve(near.unload()),
    shutdown: () => Promise.resolve(),
  };
}

describe('a system that keeps to the design document', () => {
  test.each(documentedVariants)('$deviation: $way', async (variant) => {
    const { findings, cases } = await campaign(documented(createVariant('variant', [variant])), 300);
    expect(findings).toEqual([]);
    expect(cases).toBe(300);
  });

  test('in every point at once', async () => {
    const { findings, coverage } = await campaign(documented(createVariant('all', documentedVariants)), 1500);
    expect(findings).toEqual([]);
    expect(coverage.documented.size).toBeGreaterThanOrEqual(18);
  });

  test('and shows nothing but its answers', async () => {
    const far = farAway(createVariant('all', documentedVariants), () => ({}));
    const { findings, coverage } = await campaign(asyncSubject(far, 'all', 'document'), 300);
    expect(findings).toEqual([]);
    expect(coverage.documented.size).toBeGreaterThanOrEqual(8);
  });

  test('and shows its content and not its state', async () => {
    const far = farAway(createVariant('all', documentedVariants), ({ view }) =>
      view === undefined ? {} : { view },
    );
    const { findings, coverage } = await campaign(asyncSubject(far, 'all', 'document'), 300);
    expect(findings).toEqual([]);
    expect(coverage.documented.size).toBeGreaterThanOrEqual(12);
  });

  test('and hands on what a QMP command would hide', async () => {
    const far = farAway(createEfficientSystem(), (node) => node, 'qmp');
    expect((await campaign(asyncSubject(far), 200)).findings[0]?.signature).toMatch(
      /^outcome-stop-.*-ok-error$/,
    );
    const { findings, coverage } = await campaign(asyncSubject(far, 'far', 'document'), 200);
    expect(findings).toEqual([]);
    expect([...coverage.documented.keys()]).toEqual(['failover-hides-every-error']);
  });
});

/** Two sectors in one commit unit, in units and clusters of one otherwise. */
const twoSectors = {
  ...fourClusters,
  geometry: {
    lengthSectors: 2,
    sectorBytes: 8,
    activeClusterSectors: 1,
    hiddenClusterSectors: 1,
    copyUnitSectors: 1,
    commitUnitSectors: 2,
  },
  initialContent: [{ sector: 0, count: 2, tag: 1 }],
};

test.each([
  ['a failover is no longer quiet', { op: 'primaryDiscard', sector: 0, count: 2 }],
  ['what it changes of a unit in flight stays', { op: 'primaryDiscard', sector: 1, count: 1 }],
] as const)('after a discard that changes the disk %s', (_title, discard) => {
  const zeroes = documentedVariants.filter(({ way }) => way === 'a write of zeroes');
  const patched = documentedVariants.filter(({ way }) => way === 'what is in flight is patched');
  const operations = [
    ...started,
    primaryWrite(0, 0),
    { op: 'stop', failover: true },
    discard,
    { op: 'commitSettle' },
  ] as const;
  const testCase = { setup: { nodes: [twoSectors] }, operations };
  for (const variants of [zeroes, [...zeroes, ...patched]]) {
    const subject = syncSubject(createVariant('zeroes', variants), 'zeroes', 'document');
    expect(subject.judge(testCase, 'full')).toBeNull();
  }
});

test('a system that does as QEMU does is judged as before, step by step', async () => {
  const [byQemu, byDocument] = await Promise.all(
    (['qemu', 'document'] as const).map((comparison) =>
      campaign(syncSubject(createEfficientSystem(), 'impl', comparison), 300),
    ),
  );
  expect(byDocument?.coverage.list()).toEqual(byQemu?.coverage.list());
  expect(byDocument?.coverage.documented.size).toBe(0);
});

/** Seeded bugs that are none by the design document: each does there what it says. */
const allowed = new Map([
  ['a-failed-copy-sets-the-error', 'failed-copy-reports-nothing'],
  ['disks-go-back-to-read-only', 'disks-stay-writable'],
  ['a-failed-start-frees-the-blocker', 'second-start-kills-the-process'],
  ['a-failed-start-leaves-no-child-twice', 'start-leaks-a-child-each-time'],
  ['a-failover-reports-errors', 'failover-hides-every-error'],
  ['empty-write-copies-nothing', 'empty-primary-write-copies-a-unit'],
]);

describe('a seeded bug', () => {
  test.each(mutants.filter(({ name }) => allowed.has(name)))(
    'is what the document says: $name',
    async (mutant) => {
      const { findings, coverage } = await campaign(documented(createMutant(mutant)), 1200);
      expect(findings).toEqual([]);
      expect([...coverage.documented.keys()]).toEqual([allowed.get(mutant.name)]);
    },
  );
});
