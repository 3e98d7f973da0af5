/** What the guest reads of the whole disk, in as few round trips as what was found last allows. */
import type { Geometry, Outcome, Range, Tag } from '../../../model/vocabulary.ts';
import { diskParts } from '../../gaps.ts';
import { SECTOR_BYTES, unitsAround } from './qemu-geometry.ts';
import { UsedAgain } from './used-again.ts';

const UNREADABLE: Tag = -2;

/** With more bad sectors than these the disk is searched for them anew at each look. */
const KNOWN_BAD_MAX = 8;

/** What is read is understood before anything else is read into it. */
const memory = new UsedAgain();

/** Reads so many sectors for the guest, into a buffer that is as long where it is given. */
export type ReadForGuest = (sector: number, count: number, into?: Buffer) => Promise<Outcome>;

export class GuestView {
  readonly #geometry: Geometry;
  readonly #read: ReadForGuest;
  /** As the last look found it. */
  #last: Outcome | null = null;

  constructor(geometry: Geometry, read: ReadForGuest) {
    this.#geometry = geometry;
    this.#read = read;
  }

  /** Only `range` (in sectors) is read where it is given, and the rest is as the last look found it. */
  async look(range: Range | null): Promise<Outcome> {
    const found = (range === null ? null : await this.#lookAround(range)) ?? (await this.#whole());
    this.#last = found;
    return found;
  }

  /** Null where only a look at the whole tells. */
  async #lookAround(range: Range): Promise<Outcome | null> {
    const last = this.#last;
    if (last === null || last.kind !== 'data') return null;
    const around = unitsAround(this.#geometry, range);
    const end = around.sector + around.count;
    const tags = await this.#piecewise(around.sector, end, last.tags);
    if (tags === null) return null;
    return { kind: 'data', tags: [...last.tags.slice(0, around.sector), ...tags, ...last.tags.slice(end)] };
  }

  /** Each part of the disk in one read; where that fails for a bad sector, in ever shorter ones. */
  async #whole(): Promise<Outcome> {
    const parts = diskParts(this.#geometry);
    const views = await Promise.all(parts.map(({ sector, end }) => this.#part(sector, end)));
    const tags = views.flatMap((view) => (view.kind === 'data' ? [view.tags] : []));
    return views.find(({ kind }) => kind !== 'data') ?? { kind: 'data', tags: tags.flat() };
  }

  async #part(sector: number, end: number): Promise<Outcome> {
    const last = this.#last;
    if (last?.kind === 'data' && last.tags.slice(sector, end).includes(UNREADABLE)) {
      const tags = await this.#piecewise(sector, end, last.tags);
      if (tags !== null) return { kind: 'data', tags };
    }
    // What was refused is likely to be so again: why is asked along with it.
    const asked = last?.kind === 'errno' ? this.#read(0, 0) : null;
    const whole = await this.#readInto(sector, end);
    const nothing = await asked;
    if (whole.kind !== 'errno') return whole;
    // The stage refuses all of them, also where the node ends before the disk does.
    const refused = nothing ?? (await this.#read(0, 0));
    if (refused.kind !== 'data') return refused;
    if (whole.errno !== 'EIO') return whole;
    return { kind: 'data', tags: await this.#halves(sector, end) };
  }

  /** The sectors that could not be read by themselves, all at once; null where anything is otherwise than it was. */
  async #piecewise(sector: number, end: number, known: readonly Tag[]): Promise<readonly Tag[] | null> {
    const pieces = piecesAround(known, sector, end);
    if (pieces.length > 2 * KNOWN_BAD_MAX + 1) return null;
    const reads = await Promise.all(pieces.map((piece) => this.#readInto(piece.sector, piece.end)));
    const tags: Tag[] = [];
    for (const [index, read] of reads.entries()) {
      if (read.kind === 'data') tags.push(...read.tags);
      else if (pieces[index]?.isBad === true && read.kind === 'errno' && read.errno === 'EIO')
        tags.push(UNREADABLE);
      else return null;
    }
    // A stage that refuses all of them must not look like a disk on which none can be read.
    return pieces.every(({ isBad }) => isBad) ? null : tags;
  }

  async #halves(sector: number, end: number): Promise<readonly Tag[]> {
    if (end - sector === 1) return [UNREADABLE];
    const middle = sector + ((end - sector) >> 1);
    const halves = [
      [sector, middle],
      [middle, end],
    ] as const;
    const tags = await Promise.all(
      halves.map(async ([from, to]) => {
        const read = await this.#readInto(from, to);
        return read.kind === 'data' ? read.tags : this.#halves(from, to);
      }),
    );
    return tags.flat();
  }

  async #readInto(sector: number, end: number): Promise<Outcome> {
    const into = memory.take((end - sector) * SECTOR_BYTES);
    const read = await this.#read(sector, end - sector, into);
    memory.giveBack(into);
    return read;
  }
}

interface Piece {
  readonly sector: number;
  readonly end: number;
  readonly isBad: boolean;
}

/** Each sector that could not be read is a piece of its own. */
function piecesAround(known: readonly Tag[], sector: number, end: number): Piece[] {
  const pieces: Piece[] = [];
  let start = sector;
  for (
    let at = known.indexOf(UNREADABLE, sector);
    at >= 0 && at < end;
    at = known.indexOf(UNREADABLE, at + 1)
  ) {
    if (start < at) pieces.push({ sector: start, end: at, isBad: false });
    pieces.push({ sector: at, end: at + 1, isBad: true });
    start = at + 1;
  }
  if (start < end) pieces.push({ sector: start, end, isBad: false });
  return pieces;
}
