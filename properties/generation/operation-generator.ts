/** Draws one operation at a time: swarm weights a case, stage-aware, biased to places where writes meet. */
import { operationNames } from '../../impl/operation-lists.ts';
import type { Host, Node } from '../../model/node.ts';
import type { Mode, Setup } from '../../model/vocabulary.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import { operationTable } from '../../model/operations.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Dice } from '../cases/dice.ts';
import { bare, other, start, stop } from '../cases/operation-objects.ts';
import { isPointless, NodeGenerator } from './node/node-generator.ts';
import type { Target } from '../steering/target.ts';

/**
 * Base weights, 1 where none is given; each case multiplies them by a random power of two and switches some off (swarm
 * testing).
 */
const baseWeights: Partial<Record<OperationName, number>> = {
  checkpoint: 8,
  getError: 2,
  stop: 2,
  guestRead: 6,
  guestWrite: 16,
  guestWriteZeroes: 3,
  guestDiscard: 2,
  primaryRead: 3,
  primaryWrite: 16,
  primaryWriteZeroes: 3,
  primaryDiscard: 2,
  commitAdvance: 10,
  commitSettle: 3,
};

/** Faults are rarer than what they disturb: each group is on in one case of so many. */
const FAULTY_CASES = 3;

/** What has broken can also be repaired: both are drawn or left out together. */
const mendedBy: Partial<Record<OperationName, OperationName>> = {
  breakSector: 'repairSectors',
  cutLink: 'restoreLink',
};

const menders: ReadonlySet<OperationName> = new Set(Object.values(mendedBy));

/** Asked of every operation of every case. */
const faultNames: ReadonlySet<OperationName> = new Set(
  operationNames.filter((name) => operationTable[name].issuer === 'nature'),
);

const faultGroups: readonly (readonly OperationName[])[] = operationNames
  .filter((name) => isFaultName(name) && !menders.has(name))
  .map((name) => {
    const mender = mendedBy[name];
    return mender === undefined ? [name] : [name, mender];
  });

export function isFaultName(name: OperationName): boolean {
  return faultNames.has(name);
}

/** Calls to all nodes matter most where there are several. */
const hostCalls: ReadonlySet<OperationName> = new Set([
  'start',
  'stop',
  'setReplication',
  'queryStatus',
  'open',
]);
const HOST_CALLS_FACTOR = 4;

/** Of a steered case one operation in so many is drawn like any other. */
const UNLED_OPERATIONS = 5;

export class OperationGenerator {
  readonly #dice: Dice;
  readonly #names: readonly OperationName[];
  readonly #generators: readonly NodeGenerator[];
  readonly #failoverOnly: boolean;
  /** One in so many operations in a stage that refuses everything is drawn like any other. */
  readonly #hurry: number;
  readonly #target: Target | null;
  readonly #known: readonly OperationName[];

  constructor({ nodes }: Setup, capabilities: Capabilities, dice: Dice, target: Target | null = null) {
    this.#dice = dice;
    this.#target = target;
    this.#known = capabilities.operations;
    const modes = nodes.map(({ mode }) => mode);
    const sensible = sensibleFor(modes, capabilities.operations);
    this.#names = shuffleGenerator(sensible, nodes.length, dice);
    this.#generators = nodes.map((setup, index) => new NodeGenerator(setup, index, capabilities, dice));
    this.#failoverOnly = dice.oneIn(2);
    this.#hurry = dice.pick([1, 2, 4, 8, 16]);
  }

  /** The next operation for a host in this state. */
  draw(host: Host): Operation {
    const { nodes } = host;
    const index = nodes.length === 1 ? 0 : this.#dice.below(nodes.length);
    const node = nodes[index];
    const generator = this.#generators[index];
    if (node === undefined || generator === undefined) return bare('getError');
    if (this.#target !== null && !this.#dice.oneIn(UNLED_OPERATIONS)) {
      const led = this.#target.lead(node, generator, this.#dice, host, this.#generators);
      if (led !== null && this.#known.includes(led.op)) return led;
    }
    return this.#leadingOperation(node, generator) ?? this.#operation(this.#draw(), generator);
  }

  /** Most operations in a stage that refuses everything teach nothing: move on soon, but not always. */
  #leadingOperation(node: Node, generator: NodeGenerator): Operation | null {
    const dice = this.#dice;
    switch (node.stage) {
      case 'aborted':
        return dice.oneIn(4) ? generator.operation('open') : null;
      case 'closed':
        return dice.oneIn(this.#hurry) ? null : generator.operation('open');
      case 'none':
        return dice.oneIn(this.#hurry) ? null : this.#start(node, generator);
      case 'failoverFailed':
        // Guest writes are split in this stage alone.
        if (generator.cutsWrites && dice.oneIn(2)) return generator.operation('guestWrite');
        return dice.oneIn(12) ? generator.operation('close') : null;
      case 'done':
        return dice.oneIn(12) ? generator.operation('close') : null;
      case 'running':
        return node.origHiddenReadOnly && dice.oneIn(4) ? this.#towardsReopening(node, generator) : null;
      case 'failover':
        return null;
    }
  }

  /** A read-only node is started seldom enough, but in both ways. */
  #start({ setup }: Node, { mode }: NodeGenerator): Operation {
    const isByQmp =
      setup.readOnly.includes('node') && this.#names.includes('setReplication') && this.#dice.oneIn(2);
    if (!isByQmp) return start(mode);
    return other({ op: 'setReplication', enable: true, primary: mode === 'primary', failover: null });
  }

  /** Seldom met by chance: the end of the backup job reopens hidden, which has no driver any more. */
  #towardsReopening({ ejected, makeEmptyFails }: Node, generator: NodeGenerator): Operation | null {
    const isNext = (op: OperationName): boolean => this.#names.includes(op);
    if (ejected.hidden) {
      const ends = (['stop', 'setReplication', 'endJob'] as const).filter(isNext);
      const end = ends[this.#dice.below(Math.max(1, ends.length))];
      return end === undefined ? null : this.#operation(end, generator);
    }
    const next = makeEmptyFails.hidden === 'ejected' ? 'checkpoint' : 'failEmptying';
    return isNext(next) ? this.#operation(next, generator) : null;
  }

  #draw(): OperationName {
    return this.#names[this.#dice.below(this.#names.length)] ?? 'getError';
  }

  #operation(op: OperationName, generator: NodeGenerator): Operation {
    const dice = this.#dice;
    switch (op) {
      case 'start':
        return start(dice.oneIn(6) ? otherMode(generator.mode) : generator.mode);
      case 'stop':
        return stop(this.#failoverOnly || !dice.oneIn(3));
      case 'setReplication':
        return other({
          op,
          enable: dice.oneIn(2),
          primary: (generator.mode === 'primary') !== dice.oneIn(4),
          failover: dice.oneIn(2) ? null : dice.oneIn(2),
        });
      case 'checkpoint':
      case 'getError':
      case 'queryStatus':
        return bare(op);
      default:
        return generator.operation(op);
    }
  }
}

/** An operation that cases may be made of, with what is asked of it in each case. */
interface Drawable {
  readonly name: OperationName;
  readonly weight: number;
  readonly factorWhereSeveral: number;
  /** Its place in `faultGroups`; -1 where it is no fault. */
  readonly faultGroup: number;
}

function drawable(name: OperationName): Drawable {
  const weight = baseWeights[name] ?? 1;
  const factorWhereSeveral = hostCalls.has(name) ? HOST_CALLS_FACTOR : 1;
  return {
    name,
    weight,
    factorWhereSeveral,
    faultGroup: faultGroups.findIndex((group) => group.includes(name)),
  };
}

type OperationNames = readonly OperationName[];

/** Asked of every case, and the same for all of a campaign. */
const sensibleOf = new WeakMap<OperationNames, Map<string, readonly Drawable[]>>();

/** Those of a system's `operations` that mean something for nodes of these modes. */
function sensibleFor(modes: readonly Mode[], operations: OperationNames): readonly Drawable[] {
  const known = sensibleOf.get(operations) ?? new Map<string, readonly Drawable[]>();
  sensibleOf.set(operations, known);
  const [first = 'secondary'] = modes;
  const key = modes.every((mode) => mode === first) ? first : 'both';
  const found = known.get(key);
  if (found !== undefined) return found;
  const sensible = operations.filter((op) => modes.some((mode) => !isPointless(op, mode))).map(drawable);
  known.set(key, sensible);
  return sensible;
}

function shuffleGenerator(operations: readonly Drawable[], nodes: number, dice: Dice): OperationName[] {
  const generator: OperationName[] = [];
  let faulty = 0;
  for (let group = 0; group < faultGroups.length; group++) if (dice.oneIn(FAULTY_CASES)) faulty |= 1 << group;
  for (const { name, weight, factorWhereSeveral, faultGroup } of operations) {
    if (faultGroup === -1 ? dice.oneIn(5) : (faulty & (1 << faultGroup)) === 0) continue;
    const factor = nodes > 1 ? factorWhereSeveral : 1;
    const cards = factor * Math.ceil((weight << dice.below(5)) / 16);
    for (let card = 0; card < cards; card++) generator.push(name);
  }
  return generator.length > 0 ? generator : operations.map(({ name }) => name);
}

function otherMode(mode: Mode): Mode {
  return mode === 'primary' ? 'secondary' : 'primary';
}
