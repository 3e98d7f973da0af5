/** All that a case needs memory for, made once for a geometry and used again by every later case of that geometry. */
import type { Geometry, NodeSetup } from '../../../model/vocabulary.ts';
import { diskLength, diskParts, diskSector } from '../../gaps.ts';
import type { DiskPart } from '../../gaps.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import { StateComparison } from './state-comparison.ts';
import { TagWords } from './tag-words.ts';

/** A node class: the real one, or a seeded bug that extends it. */
export type NodeClass = new (geometry: Geometry, suffix?: string) => ReplicationNode;

/** How many geometries are remembered; a campaign that draws geometries at random must not keep them all. */
const GEOMETRIES_MAX = 16;

export class CaseMemory {
  /** Of the case; the node knows the disk, of which gaps are a part like any other. */
  readonly geometry: Geometry;
  readonly parts: readonly DiskPart[];
  readonly node: ReplicationNode;
  readonly tags: TagWords;
  /** As many words as the case has sectors for: what is read goes here. */
  readonly buffer: Uint32Array;
  #comparison: StateComparison | null = null;

  constructor(geometry: Geometry, node: ReplicationNode, tags: TagWords) {
    this.geometry = geometry;
    this.parts = diskParts(geometry);
    this.node = node;
    this.tags = tags;
    this.buffer = new Uint32Array(geometry.lengthSectors * node.wordsPerSector);
  }

  /** Made when it is asked for: where requests overlap nothing is compared in place. */
  get comparison(): StateComparison {
    this.#comparison ??= new StateComparison(this.node, this.parts, this.tags, this.buffer);
    return this.#comparison;
  }

  /** Another case begins. */
  forget(): void {
    this.#comparison?.forget();
  }

  /** The setup with bad sectors where the disk has them. */
  onDisk(setup: NodeSetup): NodeSetup {
    if (this.parts.length === 1 || setup.badSectors.length === 0) return setup;
    const badSectors = setup.badSectors.map((bad) => ({ ...bad, sector: this.diskSector(bad.sector) }));
    return { ...setup, badSectors };
  }

  /** Where a sector of the case lies on the disk. */
  diskSector(sector: number): number {
    return diskSector(this.geometry, sector);
  }
}

/** The most recently used geometries, newest first. */
export class CaseMemories {
  readonly #nodeClass: NodeClass;
  readonly #suffix: string;
  readonly #recent: CaseMemory[] = [];
  readonly #tagsBySectorBytes = new Map<number, TagWords>();

  /** For the nodes of one place in a host, whose names end with `suffix`. */
  constructor(nodeClass: NodeClass, suffix: string) {
    this.#nodeClass = nodeClass;
    this.#suffix = suffix;
  }

  /** Throws a RangeError that names the field if the geometry makes no sense. */
  of(geometry: Geometry): CaseMemory {
    const newest = this.#recent[0];
    if (newest !== undefined && isSameGeometry(newest.geometry, geometry)) return newest;
    const index = this.#recent.findIndex((memory) => isSameGeometry(memory.geometry, geometry));
    const memory = this.#recent[index] ?? this.#make(geometry);
    if (index >= 0) this.#recent.splice(index, 1);
    this.#recent.unshift(memory);
    this.#recent.length = Math.min(this.#recent.length, GEOMETRIES_MAX);
    return memory;
  }

  #make(geometry: Geometry): CaseMemory {
    checkGeometry(geometry);
    const { gaps, ...sizes } = geometry;
    const node = new this.#nodeClass({ ...sizes, lengthSectors: diskLength(geometry) }, this.#suffix);
    return new CaseMemory({ ...geometry, ...(gaps && { gaps: [...gaps] }) }, node, this.#tagsFor(geometry));
  }

  /** Without gaps payloads depend on tag and sector alone: those of the longest disk serve all with that size of sector. */
  #tagsFor({ lengthSectors, sectorBytes, gaps }: Geometry): TagWords {
    if (gaps !== undefined) return new TagWords(lengthSectors, sectorBytes, gaps);
    const known = this.#tagsBySectorBytes.get(sectorBytes);
    if (known !== undefined && known.lengthSectors >= lengthSectors) return known;
    const made = new TagWords(lengthSectors, sectorBytes);
    this.#tagsBySectorBytes.set(sectorBytes, made);
    return made;
  }
}

function isSameGeometry(left: Geometry, right: Geometry): boolean {
  return (
    left.lengthSectors === right.lengthSectors &&
    left.sectorBytes === right.sectorBytes &&
    left.activeClusterSectors === right.activeClusterSectors &&
    left.hiddenClusterSectors === right.hiddenClusterSectors &&
    left.copyUnitSectors === right.copyUnitSectors &&
    left.commitUnitSectors === right.commitUnitSectors &&
    left.activeSliceSectors === right.activeSliceSectors &&
    left.hiddenSliceSectors === right.hiddenSliceSectors &&
    (left.gaps === right.gaps || JSON.stringify(left.gaps) === JSON.stringify(right.gaps))
  );
}

export function checkGeometry(geometry: Geometry): void {
  if (!Number.isInteger(geometry.lengthSectors) || geometry.lengthSectors < 0) {
    throw new RangeError(
      `geometry.lengthSectors is ${geometry.lengthSectors}: must be a whole number of sectors`,
    );
  }
  checkUnit('sectorBytes', geometry.sectorBytes, 4);
  checkUnit('activeClusterSectors', geometry.activeClusterSectors, 1);
  checkUnit('hiddenClusterSectors', geometry.hiddenClusterSectors, 1);
  checkUnit('copyUnitSectors', geometry.copyUnitSectors, geometry.hiddenClusterSectors);
  checkUnit('commitUnitSectors', geometry.commitUnitSectors, 1);
  checkUnit(
    'activeSliceSectors',
    geometry.activeSliceSectors ?? geometry.activeClusterSectors,
    geometry.activeClusterSectors,
  );
  checkUnit(
    'hiddenSliceSectors',
    geometry.hiddenSliceSectors ?? geometry.hiddenClusterSectors,
    geometry.hiddenClusterSectors,
  );
}

function checkUnit(field: keyof Geometry, size: number, multipleOf: number): void {
  if (!Number.isInteger(size) || size <= 0 || size % multipleOf !== 0) {
    throw new RangeError(`geometry.${field} is ${size}: must be a positive multiple of ${multipleOf}`);
  }
}
