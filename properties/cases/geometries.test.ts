/** Geometries: what is drawn, what a system can be given, what a command line names; above all the sizes of L2 slices. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Geometry } from '../../model/vocabulary.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from './case.ts';
import { describeSetup } from '../lockstep/failure-report.ts';
import { everything } from './full-capabilities.ts';
import { geometryProblem, isLong, presetGeometries, sliceEnds, smallGeometry } from './geometries.ts';
import { parseGeometry } from './geometry-option.ts';
import { caseProblem } from './setup-problem.ts';

const ownSlices: Capabilities = {
  ...everything,
  geometry: { sectorBytes: 'any', lengthSectorsMax: 4096, diskSectorsMax: 2 ** 32 },
};

function drawn(capabilities: Capabilities): readonly Case[] {
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 80 });
  return fc.sample(arbitrary, { numRuns: 400, seed: 11 });
}

function isSliced({ setup }: Case): boolean {
  return setup.nodes.some(
    ({ geometry }) => geometry.activeSliceSectors !== undefined || geometry.hiddenSliceSectors !== undefined,
  );
}

const likeQemu: Capabilities = {
  ...everything,
  commit: 'free',
  geometry: { sectorBytes: 512, lengthSectorsMax: 65_536 },
};

describe('drawn cases (seed 11)', () => {
  test('are seldom on a disk with more units than commit requests, and join units there', () => {
    const nodes = drawn(likeQemu).flatMap(({ setup }) => setup.nodes);
    const long = nodes.filter(({ geometry }) => isLong(geometry));
    expect(long.length).toBeGreaterThan(1);
    expect(long.length).toBeLessThan(nodes.length / 20);
    expect(new Set(long.map(({ commitJoinsUnits }) => commitJoinsUnits))).toEqual(new Set([16]));
    expect(
      drawn(likeQemu)
        .map((each) => caseProblem(each, likeQemu))
        .filter((problem) => problem !== null),
    ).toEqual([]);
  });

  test('state small slices in a share of the geometries, of either overlay and of both, and can be run', () => {
    const cases = drawn(everything);
    const sliced = cases.filter(isSliced);
    expect(sliced.length).toBeGreaterThan(20);
    expect(sliced.length).toBeLessThan(100);
    const kinds = sliced.flatMap(({ setup }) =>
      setup.nodes.map(
        ({ geometry }) =>
          `${geometry.activeSliceSectors !== undefined} ${geometry.hiddenSliceSectors !== undefined}`,
      ),
    );
    expect(new Set(kinds)).toEqual(new Set(['true false', 'false true', 'true true', 'false false']));
    expect(cases.map((each) => caseProblem(each, everything)).filter((problem) => problem !== null)).toEqual(
      [],
    );
  });

  test('are the same for a system that has its own slices, but where slices are stated', () => {
    const own = drawn(ownSlices);
    expect(own.filter(isSliced)).toEqual([]);
    for (const [index, each] of drawn(everything).entries()) {
      if (isSliced(each)) continue;
      expect([each.setup, each.operations]).toEqual([own[index]?.setup, own[index]?.operations]);
    }
  });

  test('write across ends of slices after a failed failover', () => {
    const crossing = drawn(everything).some(({ setup: { nodes }, walk, operations }) =>
      operations.some((operation, index) => {
        const ends = nodes[0] === undefined ? [] : sliceEnds(nodes[0].geometry);
        const stage = walk?.steps[index]?.host.nodes[0]?.stage;
        return (
          operation.op === 'guestWrite' &&
          stage === 'failoverFailed' &&
          ends.some((end) => operation.sector < end && end < operation.sector + operation.count)
        );
      }),
    );
    expect(crossing).toBe(true);
  });
});

describe('a geometry that states slices', () => {
  const shape: Geometry = { ...smallGeometry, activeClusterSectors: 2, hiddenClusterSectors: 2 };

  test.each<[Partial<Geometry>, string]>([
    [{ activeSliceSectors: 3 }, 'activeSliceSectors is 3: must be a multiple of activeClusterSectors (2)'],
    [{ hiddenSliceSectors: 5 }, 'hiddenSliceSectors is 5: must be a multiple of hiddenClusterSectors (2)'],
    [{ hiddenSliceSectors: 0 }, 'hiddenSliceSectors is 0: must be a whole number above 0'],
    [{ activeSliceSectors: 2.5 }, 'activeSliceSectors is 2.5: must be a whole number above 0'],
  ])('%o is refused', (slices, problem) => {
    expect(geometryProblem({ ...shape, ...slices }, everything)).toBe(problem);
  });

  test('is taken where any can be had, else only with the sizes that follow from the clusters', () => {
    expect(
      geometryProblem({ ...shape, activeSliceSectors: 2, hiddenSliceSectors: 4 }, everything),
    ).toBeNull();
    expect(geometryProblem({ ...shape, activeSliceSectors: undefined }, ownSlices)).toBeNull();
    expect(geometryProblem({ ...shape, hiddenSliceSectors: 4 }, ownSlices)).toBe(
      'hiddenSliceSectors is 4: this system has slices of 8 sectors here, and cannot be given others',
    );
    const real = { ...presetGeometries.real, activeClusterSectors: 8, hiddenClusterSectors: 1 };
    const own = { ...real, activeSliceSectors: 4096, hiddenSliceSectors: 64 };
    expect(geometryProblem(own, ownSlices)).toBeNull();
    expect(geometryProblem({ ...own, hiddenSliceSectors: 32 }, ownSlices)).toBe(
      'hiddenSliceSectors is 32: this system has slices of 64 sectors here, and cannot be given others',
    );
  });

  test('ends them within the disk', () => {
    expect(sliceEnds(shape)).toEqual([]);
    expect(sliceEnds({ ...shape, lengthSectors: 9, activeSliceSectors: 4 })).toEqual([4, 8]);
    expect(sliceEnds({ ...shape, activeSliceSectors: 4, hiddenSliceSectors: 6 })).toEqual([4, 6]);
    expect(sliceEnds({ ...shape, activeSliceSectors: 8, hiddenSliceSectors: 10 })).toEqual([]);
  });

  test('is named on the command line, and stands in a report', () => {
    const sizes = 'length=8,sector=8,active=2,hidden=2,copy=2,commit=2';
    expect(parseGeometry(sizes, everything)).toEqual(smallGeometry);
    const sliced = parseGeometry(`${sizes},active-slice=2,hidden-slice=4`, everything);
    expect(sliced).toEqual({ ...smallGeometry, activeSliceSectors: 2, hiddenSliceSectors: 4 });
    expect(() => parseGeometry(`${sizes},active-slice=3`, everything)).toThrow(
      `--geometry ${sizes},active-slice=3: activeSliceSectors is 3: must be a multiple of activeClusterSectors (2)`,
    );
    const told = (geometry: Geometry): string =>
      describeSetup({
        nodes: [
          {
            mode: 'secondary',
            geometry,
            initialContent: [],
            readOnly: [],
            badSectors: [],
            defects: [],
            commitRequestsMax: 1,
          },
        ],
      });
    expect(told(smallGeometry)).toContain('units 2 copy, 2 commit; 1 commit requests');
    expect(told({ ...smallGeometry, hiddenSliceSectors: 4 })).toContain(
      '2 commit; L2 slices 4 hidden; 1 commit',
    );
    expect(told({ ...smallGeometry, activeSliceSectors: 2, hiddenSliceSectors: 4 })).toContain(
      '2 commit; L2 slices 2 active, 4 hidden; 1 commit',
    );
  });
});
