/** Draws one operation at a time: swarm weights a case, stage-aware, biased to places where writes meet. */
import type { State } from '../model/state.ts';
import type {
  Capabilities,
  Geometry,
  Mode,
  Operation,
  OperationName,
  Range,
  Setup,
} from '../model/vocabulary.ts';
import type { Dice } from './dice.ts';

/** Base weights; each case multiplies them by a random power of two and switches some off (swarm testing). */
const baseWeights: Record<OperationName, number> = {
  open: 1,
  start: 1,
  checkpoint: 8,
  getError: 2,
  stop: 2,
  close: 1,
  guestRead: 6,
  guestWrite: 16,
  guestWriteZeroes: 3,
  guestDiscard: 2,
  guestFlush: 1,
  primaryRead: 3,
  primaryWrite: 16,
  primaryWriteZeroes: 3,
  primaryDiscard: 2,
  primaryFlush: 1,
  commitAdvance: 10,
  commitSettle: 3,
};

const HOT_PLACES = 4;
const TAGS = 14;

export class OperationDeck {
  readonly #dice: Dice;
  readonly #mode: Mode;
  readonly #geometry: Geometry;
  readonly #names: readonly OperationName[];
  readonly #hot: readonly number[];
  readonly #failoverOnly: boolean;
  /** One in so many operations in a stage that refuses everything is drawn like any other. */
  readonly #hurry: number;
  #written = 0;

  constructor({ mode, geometry, badSectors }: Setup, capabilities: Capabilities, dice: Dice) {
    this.#dice = dice;
    this.#mode = mode;
    this.#geometry = geometry;
    this.#names = shuffleDeck(capabilities.operations, dice);
    const hot = badSectors.map(({ sector }) => sector);
    for (let place = 0; place < HOT_PLACES; place++) hot.push(drawBoundary(geometry, dice));
    this.#hot = hot;
    this.#failoverOnly = dice.oneIn(2);
    this.#hurry = dice.pick([1, 2, 4, 8, 16]);
  }

  /** The next operation for a node in this state. */
  draw({ node }: State): Operation {
    return this.#leadingOperation(node.stage) ?? this.#operation(this.#draw());
  }

  /** Most operations in a stage that refuses everything teach nothing: move on soon, but not always. */
  #leadingOperation(stage: State['node']['stage']): Operation | null {
    const dice = this.#dice;
    switch (stage) {
      case 'aborted':
        return dice.oneIn(4) ? { op: 'open' } : null;
      case 'closed':
        return dice.oneIn(this.#hurry) ? null : { op: 'open' };
      case 'none':
        return dice.oneIn(this.#hurry) ? null : { op: 'start', mode: this.#mode };
      case 'done':
      case 'failoverFailed':
        return dice.oneIn(12) ? { op: 'close' } : null;
      case 'running':
      case 'failover':
        return null;
    }
  }

  #draw(): OperationName {
    return this.#names[this.#dice.below(this.#names.length)] ?? 'getError';
  }

  #operation(op: OperationName): Operation {
    switch (op) {
      case 'start':
        return { op, mode: this.#dice.oneIn(6) ? otherMode(this.#mode) : this.#mode };
      case 'stop':
        return { op, failover: this.#failoverOnly || !this.#dice.oneIn(3) };
      case 'guestWrite':
      case 'primaryWrite': {
        const { sector, count } = this.#range();
        return { op, sector, count, tag: 2 + (this.#written++ % TAGS) };
      }
      case 'guestRead':
      case 'guestWriteZeroes':
      case 'guestDiscard':
      case 'primaryRead':
      case 'primaryWriteZeroes':
      case 'primaryDiscard': {
        const { sector, count } = this.#range();
        return { op, sector, count };
      }
      default:
        return { op };
    }
  }

  /** Few places, often met again: hot boundaries, whole clusters, the end of the disk and a little past it. */
  #range(): Range {
    const dice = this.#dice;
    const { lengthSectors, activeClusterSectors } = this.#geometry;
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
        return { sector, count: dice.between(1, room) };
      case 3:
        return { sector: sector - dice.below(Math.min(sector, activeClusterSectors) + 1), count: 1 };
      default:
        return { sector, count: dice.between(1, Math.min(room, activeClusterSectors + 1)) };
    }
  }
}

function shuffleDeck(operations: readonly OperationName[], dice: Dice): OperationName[] {
  const deck: OperationName[] = [];
  for (const name of operations) {
    if (dice.oneIn(5)) continue;
    const cards = Math.ceil((baseWeights[name] << dice.below(5)) / 16);
    for (let card = 0; card < cards; card++) deck.push(name);
  }
  return deck.length > 0 ? deck : [...operations];
}

/** A sector at, just before or just after a boundary of some unit. */
function drawBoundary(geometry: Geometry, dice: Dice): number {
  const { lengthSectors, activeClusterSectors, hiddenClusterSectors, copyUnitSectors } = geometry;
  const unit = dice.pick([activeClusterSectors, hiddenClusterSectors, copyUnitSectors]);
  const boundary = unit * dice.below(Math.ceil(lengthSectors / unit) + 1) + dice.between(-1, 1);
  return Math.min(Math.max(boundary, 0), lengthSectors - 1);
}

function otherMode(mode: Mode): Mode {
  return mode === 'primary' ? 'secondary' : 'primary';
}
