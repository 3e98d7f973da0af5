/** What a gap changes: units on both sides of it are no neighbours, and a disk with one is not small. */
import { describe, expect, test } from 'vitest';
import { predicted } from './choices.ts';
import { asQemu } from './deviations.ts';
import { answerEnd } from './disks.ts';
import { leftBy, readsBadDisk } from './failed-commit.ts';
import { startCommit } from './jobs.ts';
import { changed, initialState } from './node.ts';
import type { Node } from './node.ts';
import type { Gap, NodeSetup } from './vocabulary.ts';

/** Four units of a sector, all held by active. */
function held(gaps: readonly Gap[] | undefined, more: Partial<NodeSetup> = {}): Node {
  const units = { activeClusterSectors: 1, hiddenClusterSectors: 1, copyUnitSectors: 1, commitUnitSectors: 1 };
  const geometry = { lengthSectors: 4, sectorBytes: 512, ...units, gaps };
  const rest = { initialContent: [], readOnly: [], badSectors: [], defects: [], ...more };
  const setup: NodeSetup = { mode: 'secondary', geometry, commitRequestsMax: 4, commitJoinsUnits: 4, ...rest };
  const [node] = initialState({ nodes: [setup] }).nodes;
  if (node === undefined) throw new Error('no node');
  return changed(node, { active: [2, 3, 4, 5] });
}

const gap = [{ sector: 2, sectors: 2 ** 31 }];

describe('a gap before sector 2', () => {
  test('ends what one answer on the allocation says', () => {
    expect([0, 1, 2].map((sector) => answerEnd(held(undefined), sector, 4))).toEqual([4, 4, 4]);
    expect([0, 1, 2].map((sector) => answerEnd(held(gap), sector, 4))).toEqual([2, 2, 4]);
  });

  test('keeps a commit request from joining units of both sides', () => {
    const requests = (node: Node) =>
      startCommit(node).commitJob?.inFlight.map(({ unit, joined }) => (joined === true ? 'joined' : unit));
    expect(requests(held(undefined))).toEqual([0, 'joined', 'joined', 'joined']);
    expect(requests(held(gap))).toEqual([0, 'joined', 2, 'joined']);
  });

  test('keeps what fails on one side from being a request with what lies on the other', () => {
    const badSectors: NodeSetup['badSectors'] = [{ disk: 'secondary', access: 'write', sector: 2 }];
    /** The units that may be written or not. */
    const open = (gaps: readonly Gap[] | undefined): number[] => {
      const node = startCommit(held(gaps, { badSectors, commitJoinsUnits: 1 }));
      const units: number[] = [];
      const leaves = (_: Node, { sector }: { sector: number }, __: unknown, wanted: readonly number[]) => {
        units.push(sector);
        return wanted;
      };
      leftBy(node, { ...predicted, leaves, follow: asQemu }, node);
      return units;
    };
    expect(open(undefined)).toEqual([0, 1, 3]);
    expect(open(gap)).toEqual([3]);
  });

  test('makes a disk too long for a commit to read it first', () => {
    const badSectors: NodeSetup['badSectors'] = [{ disk: 'secondary', access: 'read', sector: 3 }];
    expect(readsBadDisk(held(undefined, { badSectors }))).toBe(true);
    expect(readsBadDisk(held(gap, { badSectors }))).toBe(false);
  });
});
