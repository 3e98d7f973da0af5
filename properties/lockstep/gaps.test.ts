/** Cases on disks with gaps: the implementation agrees, and what goes to a wrong place is found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { NodeClass } from '../../impl/efficient/compare/case-memory.ts';
import { ReplicationHost } from '../../impl/efficient/node/replication-host.ts';
import { ReplicationNode } from '../../impl/efficient/node/replication-node.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { runLockstep } from './lockstep.ts';

const { capabilities } = createEfficientSystem();
const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 60 });
const cases = fc
  .sample(arbitrary, { numRuns: 800, seed: 12 })
  .filter(({ setup }) => setup.nodes.some(({ geometry }) => geometry.gaps !== undefined));

/** Byte offsets in 32 bits. */
class ShortOffsets extends ReplicationNode {
  override writeSecondary(sector: number, count: number, source: Uint32Array | null, at: number): Outcome {
    const sectors = 2 ** 32 / this.geometry.sectorBytes;
    return super.writeSecondary(sector % sectors, count, source, at);
  }
}

/** Harmless on the last unit of a disk. */
class CopiesOneMore extends ReplicationNode {
  override copyPiece(unit: number, end: number): Outcome {
    const isLast = (end + 1) * this.geometry.copyUnitSectors > this.lengthSectors;
    return super.copyPiece(unit, isLast ? end : end + 1);
  }
}

/** What a guest writes at the beginning of the disk lies in the gap as well, and on no layer that is read. */
class WritesTwice extends ReplicationNode {
  override writeActive(sector: number, count: number, source: Uint32Array | null, at: number): Outcome {
    const far = Math.floor(this.lengthSectors / 2);
    this.secondary.store(far, Math.min(count, 1), source, at);
    return super.writeActive(sector, count, source, at);
  }
}

function firstFound(nodeClass: NodeClass): Divergence | null {
  const system = createEfficientSystem(nodeClass, 'mutant', ReplicationHost, {}, true);
  for (const each of cases) {
    const found = runLockstep(system, each, { depth: 'full' });
    if (found !== null) return found;
  }
  return null;
}

describe(`${cases.length} cases on disks with gaps (seed 12)`, () => {
  test('agree, at full depth and sampled', () => {
    const system = createEfficientSystem();
    expect(cases.length).toBeGreaterThan(30);
    for (const each of cases) {
      expect(runLockstep(system, each, { depth: 'full' })).toBeNull();
      expect(runLockstep(system, each, { depth: 'sampled' })).toBeNull();
    }
  });

  test('find a write that goes to an offset cut to 32 bits', () => {
    expect(firstFound(ShortOffsets)).toMatchObject({ kind: 'observation' });
  });

  test.each([
    ['a copy of a unit more, which is in the gap where the last one before it is copied', CopiesOneMore],
    ['a write to the gap alone', WritesTwice],
  ])('find %s', (_, nodeClass) => {
    const found = everyFound(nodeClass).filter(({ kind }) => kind === 'invariant');
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({ invariant: 'gaps-hold-nothing', isAtEnd: true });
  });
});

function everyFound(nodeClass: NodeClass): Divergence[] {
  const system = createEfficientSystem(nodeClass, 'mutant', ReplicationHost, {}, true);
  return cases.flatMap((each: Case) => runLockstep(system, each, { depth: 'full' }) ?? []);
}
