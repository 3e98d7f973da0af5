/** Gaps: which a disk can have, what is drawn, and that nothing else moves for their sake. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Gap, Geometry, NodeSetup } from '../../model/vocabulary.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { simplerSetups } from '../shrink/simpler-cases.ts';
import type { Case } from './case.ts';
import { everything } from './full-capabilities.ts';
import { gapFaultProblem, gapProblem, gapText, upToGap } from './gaps.ts';
import { realGeometry, smallGeometry } from './geometries.ts';
import { caseProblem } from './setup-problem.ts';

const TIB = 2 ** 31;
const likeQemu: Capabilities = {
  ...everything,
  commit: 'free',
  geometry: { sectorBytes: 512, lengthSectorsMax: 65_536, diskSectorsMax: TIB + 65_536 },
};

const ones = { activeClusterSectors: 1, hiddenClusterSectors: 1, copyUnitSectors: 1, commitUnitSectors: 1 };

function withGaps(...gaps: readonly Gap[]): Geometry {
  return { ...realGeometry, gaps };
}

describe('a gap', () => {
  test.each<[string, Geometry]>([
    ['gaps is empty: leave it out where there are none', withGaps()],
    ['must be whole numbers above 0', withGaps({ sector: 1.5, sectors: TIB })],
    ['each before a sector from 1 to 1023', withGaps({ sector: 1024, sectors: TIB })],
    [
      'each before a sector from 513 to 1023',
      withGaps({ sector: 512, sectors: 2 ** 21 }, { sector: 512, sectors: 2 ** 21 }),
    ],
    ['must have 1048576 bytes at least', withGaps({ sector: 512, sectors: 1024 })],
    ['multiples of each cluster and unit, here of 128', withGaps({ sector: 500, sectors: TIB })],
    ['multiples of each cluster and unit, here of 128', withGaps({ sector: 512, sectors: TIB + 1 })],
    [
      'would move where slices of 3 sectors end',
      { ...smallGeometry, ...ones, activeSliceSectors: 3, gaps: [{ sector: 4, sectors: 2 ** 20 }] },
    ],
  ])('is refused: %s', (problem, geometry) => {
    expect(gapProblem(geometry, everything.geometry)).toContain(problem);
  });

  test('may be where slices stay as they are, by its length or because none ends behind it', () => {
    const sliced = { ...smallGeometry, ...ones, activeSliceSectors: 3 };
    const after = (sector: number, sectors: number) =>
      gapProblem({ ...sliced, gaps: [{ sector, sectors }] }, everything.geometry);
    expect(after(4, 3 * 2 ** 20)).toBeNull();
    expect(after(7, 2 ** 20)).toBeNull();
    expect(gapProblem(withGaps({ sector: 512, sectors: TIB }), everything.geometry)).toBeNull();
  });

  test('is only for systems that say how long a disk may be, and in QEMU only as long as its tables reach', () => {
    const far = withGaps({ sector: 512, sectors: TIB });
    const { diskSectorsMax: _, ...none } = likeQemu.geometry;
    expect(gapProblem(far, none)).toBe('gaps: this system has no disks that are longer than a case');
    expect(gapProblem(far, likeQemu.geometry)).toBeNull();
    expect(gapProblem(far, { ...likeQemu.geometry, diskSectorsMax: TIB })).toContain('at most 2147483648');
    const small = { ...far, activeClusterSectors: 8 };
    expect(gapProblem(small, likeQemu.geometry)).toContain('at most 16777216 for this system');
    expect(gapProblem(small, everything.geometry)).toBeNull();
    const long = { ...far, lengthSectors: 4096 };
    expect(gapProblem(long, likeQemu.geometry)).toContain('at most 33554432 for this system');
  });

  test('of a long disk leaves no bad sectors of overlays to QEMU', () => {
    const broken = (geometry: Geometry, disk: 'active' | 'secondary') =>
      gapFaultProblem(
        { ...plainNode, geometry, badSectors: [{ disk, access: 'read', sector: 0 }] },
        likeQemu.geometry,
      );
    const far = withGaps({ sector: 512, sectors: TIB });
    expect(broken(far, 'active')).toContain('at most 33554432 with these clusters');
    expect(broken(far, 'secondary')).toBeNull();
    expect(broken(withGaps({ sector: 512, sectors: 2 ** 21 }), 'active')).toBeNull();
  });

  test('is stated in the largest unit', () => {
    const text = (sectors: number) => gapText({ sector: 256, sectors }, realGeometry);
    expect(text(TIB)).toBe('a gap of 1 TiB before sector 256');
    expect(text(3 * 2 ** 20)).toBe('a gap of 1536 MiB before sector 256');
    expect(text(2 ** 21 + 1)).toBe('a gap of 1073742336 bytes before sector 256');
  });
});

test('a request ends where the next gap begins, and one that crosses it is refused', () => {
  const geometry = withGaps({ sector: 512, sectors: TIB });
  expect(upToGap(geometry, { sector: 500, count: 100 })).toEqual({ sector: 500, count: 12 });
  const setup = { nodes: [{ ...plainNode, geometry }] };
  const problem = (sector: number, count: number) =>
    caseProblem({ setup, operations: [{ op: 'guestRead', sector, count }] }, everything);
  expect([problem(500, 12), problem(512, 0), problem(512, 512), problem(1020, 9)]).toEqual(
    Array(4).fill(null),
  );
  expect(problem(500, 13)).toBe('sectors 500 to 512 lie on both sides of a gap: no request crosses one');
});

test('shrinking tries to do without a gap', () => {
  const geometry = withGaps({ sector: 512, sectors: TIB });
  const simpler = [...simplerSetups({ setup: { nodes: [{ ...plainNode, geometry }] }, operations: [] })];
  expect(simpler.map(({ setup }) => setup.nodes[0]?.geometry)).toContainEqual(realGeometry);
});

describe.each([
  ['any sizes', everything, 2],
  ["QEMU's", likeQemu, 2],
] as const)('drawn cases, %s (seed 3)', (_, capabilities, least) => {
  const { diskSectorsMax: __, ...geometry } = capabilities.geometry;
  const cases = drawn(capabilities);
  const gapped = cases.filter(hasGap);

  test('have a gap in one of about sixteen, of more than one length, and can be run', () => {
    expect(gapped.length).toBeGreaterThan(cases.length / 40);
    expect(gapped.length).toBeLessThan(cases.length / 8);
    const lengths = gapped.flatMap(({ setup }) =>
      setup.nodes.map((node) => node.geometry.gaps?.[0]?.sectors),
    );
    expect(new Set(lengths).size).toBeGreaterThan(least);
    expect(gapped.map((each) => caseProblem(each, capabilities)).filter((each) => each !== null)).toEqual([]);
  });

  test('write on both sides of it', () => {
    const sides = gapped.flatMap(({ setup: { nodes }, operations }) =>
      operations.flatMap((operation) => {
        const at = nodes[0]?.geometry.gaps?.[0]?.sector;
        return operation.op === 'guestWrite' && at !== undefined ? [operation.sector < at] : [];
      }),
    );
    expect(new Set(sides)).toEqual(new Set([true, false]));
  });

  test('are without one what they are for a system that cannot have gaps', () => {
    for (const [index, even] of drawn({ ...capabilities, geometry }).entries()) {
      const other = cases[index];
      if (other === undefined || hasGap(other)) continue;
      expect([even.setup, even.operations]).toEqual([other.setup, other.operations]);
    }
  });
});

const plainNode: NodeSetup = {
  mode: 'secondary',
  geometry: realGeometry,
  initialContent: [],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 16,
};

function drawn(capabilities: Capabilities): readonly Case[] {
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 40 });
  return fc.sample(arbitrary, { numRuns: 400, seed: 3 });
}

function hasGap({ setup }: Case): boolean {
  return setup.nodes.some((node) => node.geometry.gaps !== undefined);
}
