/** Draws the operations of one node: places on its disks, its faults, the tags that it writes. */
import type { Operation, OperationAtNode, OperationName } from '../../../model/operations.ts';
import type {
  BadSector,
  EmptyingFault,
  Geometry,
  Layer,
  Mode,
  NodeSetup,
  OverlayName,
  Range,
  Tag,
} from '../../../model/vocabulary.ts';
import type { Capabilities } from '../../../impl/capabilities.ts';
import type { Dice } from '../../cases/dice.ts';
import { upToGap } from '../../cases/gaps.ts';
import { hasLongCopies, isLong, sliceEnds } from '../../cases/geometries.ts';
import { bare, other, request, write } from '../../cases/operation-objects.ts';

const HOT_PLACES = 4;
const TAGS = 14;
/** 3 MiB; no other geometry has as many sectors. */
const LONG_REQUEST_SECTORS = 6144;

type RequestName = 'guestRead' | 'guestWrite' | 'guestWriteZeroes' | 'primaryWrite';

export class NodeGenerator {
  readonly mode: Mode;
  readonly #dice: Dice;
  readonly #geometry: Geometry;
  readonly #hot: readonly number[];
  readonly #breakable: readonly Layer[];
  /** Sectors of the secondary disk may go read-bad, too. */
  readonly #readBreaks: boolean;
  /** Undefined for the first node, so that its operations are the same whether there are others or not. */
  readonly #node: number | undefined;
  readonly #sliceEnds: readonly number[];
  readonly #hasLongCopies: boolean;
  readonly #isLong: boolean;
  /** The secondary disk is opened with discard=unmap. */
  readonly #unmaps: boolean;
  #written = 0;

  constructor(setup: NodeSetup, node: number, capabilities: Capabilities, dice: Dice) {
    const { mode, geometry, badSectors, defects } = setup;
    this.mode = mode;
    this.#dice = dice;
    this.#geometry = geometry;
    const hot = badSectors.map(({ sector }) => sector);
    for (let place = 0; place < HOT_PLACES; place++) hot.push(drawBoundary(geometry, dice));
    for (const { sector } of geometry.gaps ?? []) hot.push(sector - 1, sector);
    this.#hot = hot;
    this.#breakable = mode === 'primary' ? ['secondary'] : capabilities.badSectors;
    this.#readBreaks = !defects.includes('secondaryBusy');
    this.#sliceEnds = sliceEnds(geometry);
    this.#hasLongCopies = hasLongCopies(geometry);
    this.#isLong = isLong(geometry);
    this.#unmaps = mode === 'secondary' && defects.includes('secondaryUnmaps');
    this.#node = node === 0 ? undefined : node;
  }

  /** A split guest write may be cut within a layer, by the end of an L2 slice, or have parts of more than 64 KiB. */
  get cutsWrites(): boolean {
    return this.#sliceEnds.length > 0 || this.#isLong;
  }

  operation(op: OperationAtNode['op']): Operation {
    return this.#draw(isPointless(op, this.mode) ? 'guestWrite' : op);
  }

  /** A request for these sectors. */
  request(op: RequestName, wanted: Range): Operation {
    const range = upToGap(this.#geometry, wanted);
    return op === 'guestWrite' || op === 'primaryWrite'
      ? this.#write(op, range)
      : request(op, range, this.#node);
  }

  breakSector(bad: BadSector): Operation {
    return other({ op: 'breakSector', ...bad, node: this.#node });
  }

  failEmptying(disk: OverlayName, how: EmptyingFault): Operation {
    return other({ op: 'failEmptying', disk, how, node: this.#node });
  }

  #write(op: 'guestWrite' | 'primaryWrite', { sector, count }: Range): Operation {
    const tag: Tag = 2 + (this.#written++ % TAGS);
    return write(op, { sector, count, tag }, this.#node);
  }

  #draw(op: OperationAtNode['op']): Operation {
    const dice = this.#dice;
    switch (op) {
      case 'guestWrite':
      case 'primaryWrite': {
        const range = this.#range();
        if (this.#unmaps && op === 'primaryWrite' && dice.oneIn(2)) return this.#discard(range);
        return this.#write(op, range);
      }
      case 'guestRead':
      case 'guestWriteZeroes':
      case 'guestDiscard':
      case 'primaryRead':
      case 'primaryWriteZeroes':
      case 'primaryDiscard':
        return request(op, this.#range(), this.#node);
      case 'breakSector':
        return this.breakSector(this.#badSector());
      case 'repairSectors':
        return other({ op, disk: this.#breakableDisk(), node: this.#node });
      case 'failEmptying':
        return this.failEmptying(
          dice.pick(['active', 'hidden']),
          dice.pick(['kept', 'emptied', 'kept', 'ejected']),
        );
      case 'endJob':
        return other({ op, job: dice.pick(['backup', 'commit']), node: this.#node });
      default:
        return bare(op, this.#node);
    }
  }

  /** Often of the sector that is bad. */
  #discard(range: Range): Operation {
    const bad = { sector: this.#hot[0] ?? 0, count: 1 };
    return request('primaryDiscard', this.#dice.oneIn(2) ? bad : range, this.#node);
  }

  #badSector(): BadSector {
    const dice = this.#dice;
    const sector = this.#hot[dice.below(this.#hot.length)] ?? 0;
    const disk = this.#breakableDisk();
    const reads = dice.oneIn(2) && (this.#readBreaks || disk !== 'secondary');
    return { disk, access: reads ? 'read' : 'write', sector };
  }

  #breakableDisk(): Layer {
    return this.#breakable[this.#dice.below(this.#breakable.length)] ?? 'secondary';
  }

  #range(): Range {
    return upToGap(this.#geometry, this.#anywhere());
  }

  /** Few places, often met again: hot boundaries, whole clusters, the end of the disk and a little past it. */
  #anywhere(): Range {
    const dice = this.#dice;
    const { lengthSectors, activeClusterSectors } = this.#geometry;
    if (this.#sliceEnds.length > 0 && dice.oneIn(2)) return this.#acrossSliceEnd();
    if (this.#isLong && dice.oneIn(3)) return this.#long();
    if (this.#hasLongCopies && !this.#isLong && dice.oneIn(2)) return { sector: 0, count: lengthSectors };
    const hot = this.#hot[dice.below(this.#hot.length + 1)];
    const sector = hot ?? dice.below(lengthSectors);
    const room = lengthSectors - sector;
    switch (dice.below(8)) {
      case 0:
        return dice.oneIn(3)
          ? { sector, count: room + dice.between(0, 2) }
          : { sector, count: dice.below(3) };
      case 1:
        return { sector, count: Math.min(activeClusterSectors, room) };
      case 2:
        return { sector, count: dice.between(1, Math.min(room, LONG_REQUEST_SECTORS)) };
      case 3:
        return { sector: sector - dice.below(Math.min(sector, activeClusterSectors) + 1), count: 1 };
      default:
        return { sector, count: dice.between(1, Math.min(room, activeClusterSectors + 1)) };
    }
  }

  /** More units than a commit has requests, from near the start of the disk, which a commit reads first. */
  #long(): Range {
    const dice = this.#dice;
    const { lengthSectors, commitUnitSectors } = this.#geometry;
    const sector = dice.below(4 * commitUnitSectors);
    const most = Math.min(lengthSectors - sector, LONG_REQUEST_SECTORS);
    return { sector, count: dice.between(Math.floor(most / 2), most) };
  }

  #acrossSliceEnd(): Range {
    const dice = this.#dice;
    const end = this.#sliceEnds[dice.below(this.#sliceEnds.length)] ?? 0;
    const sector = Math.max(0, end - dice.between(1, 3));
    return { sector, count: Math.min(this.#geometry.lengthSectors, end + dice.between(1, 3)) - sector };
  }
}

/** Secondaries have no link, primaries no jobs and no overlays. */
export function isPointless(op: OperationName, mode: Mode): boolean {
  if (op === 'failEmptying' || op === 'endJob') return mode === 'primary';
  return (op === 'cutLink' || op === 'restoreLink') && mode === 'secondary';
}

/** A sector at, just before or just after a boundary of some unit. */
function drawBoundary(geometry: Geometry, dice: Dice): number {
  const { lengthSectors, activeClusterSectors, hiddenClusterSectors, copyUnitSectors } = geometry;
  const unit = dice.pick([activeClusterSectors, hiddenClusterSectors, copyUnitSectors]);
  const boundary = unit * dice.below(Math.ceil(lengthSectors / unit) + 1) + dice.between(-1, 1);
  return Math.min(Math.max(boundary, 0), lengthSectors - 1);
}
