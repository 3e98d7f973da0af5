/** Which sectors of the three disks of a node cannot be read or written. */
import type { BadSector, Layer } from '../../../model/vocabulary.ts';

export class BadSectors {
  #all: BadSector[] = [];

  /** Nothing is bad: asked first, because it nearly always is so. */
  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  load(bad: readonly BadSector[]): void {
    this.#all = [...bad];
  }

  clear(): void {
    this.#all.length = 0;
  }

  add({ disk, access, sector }: BadSector): void {
    this.#all.push({ disk, access, sector });
  }

  repair(disk: Layer): void {
    this.#all = this.#all.filter((bad) => bad.disk !== disk);
  }

  /** A bit for each sector of the disk, which has at most 31, that fails this kind of access. */
  mask(disk: Layer, access: BadSector['access']): number {
    let mask = 0;
    for (const bad of this.#all) {
      if (bad.disk === disk && bad.access === access) mask |= 1 << bad.sector;
    }
    return mask;
  }

  /** Whether a request of `count` sectors from `sector` on meets a sector that fails this kind of access. */
  meet(disk: Layer, access: BadSector['access'], sector: number, count: number): boolean {
    for (const bad of this.#all) {
      if (bad.disk !== disk || bad.access !== access) continue;
      if (bad.sector >= sector && bad.sector < sector + count) return true;
    }
    return false;
  }
}
