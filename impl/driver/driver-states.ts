/** The state of driver and ground as numbers, and back (c/saved.c): the driver's own state word for word. */
import { abortRules, accesses, layers } from '../../model/vocabulary.ts';
import type { AbortRule, NodeSetup } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { contentFields, mayFailOver, plainField, tagOfContent, unitsField } from '../state-access.ts';
import type { StateAccess, StateField } from '../state-access.ts';
import type { DriverModule } from './driver-module.ts';
import type { Ground, GroundMemory } from './ground.ts';

/** Masks are numbers of 31 bits. */
const LENGTH_SECTORS_MAX = 31;
const WORD_BYTES = 4;

interface Death {
  get(): AbortRule | null;
  set(rule: AbortRule | null): void;
}

export class DriverStates implements StateAccess {
  readonly #module: DriverModule;
  readonly #ground: Ground;
  readonly #memory: GroundMemory;
  readonly #nodes: readonly NodeSetup[];
  readonly #death: Death;
  /** Of each content field, its node; -1 for others. */
  #contentOf: Int8Array = new Int8Array(0);
  #at = 0;
  #length = 0;

  constructor(
    module: DriverModule,
    ground: Ground,
    memory: GroundMemory,
    nodes: readonly NodeSetup[],
    death: Death,
  ) {
    this.#module = module;
    this.#ground = ground;
    this.#memory = memory;
    this.#nodes = nodes;
    this.#death = death;
  }

  layout(alphabet: readonly Operation[]): readonly StateField[] {
    const isFailover = mayFailOver(alphabet);
    const isBroken =
      this.#nodes.some(({ badSectors }) => badSectors.length > 0) ||
      alphabet.some(({ op }) => op === 'breakSector');
    const words = this.#ground.driverStateBytes() / WORD_BYTES;
    const byNode = this.#nodes.map((node, index) => fieldsOf(node, index, words, isBroken, isFailover));
    const fields = byNode.flat();
    this.#length = fields.length + 1;
    this.#contentOf = Int8Array.from(
      byNode.flatMap((own, node) => own.map(({ kind }) => (kind === 'content' ? node : -1))),
    );
    this.#at = this.#ground.prepareSaving(isBroken ? 1 : 0, isFailover ? 1 : 0, this.#length) / WORD_BYTES;
    return [plainField('dead'), plainField('order'), ...fields];
  }

  save(into: Int32Array): void {
    this.#ground.save();
    const rule = this.#death.get();
    into[0] = rule === null ? 0 : abortRules.indexOf(rule) + 1;
    const { numbers } = this.#module;
    for (let place = 0; place < this.#length; place++) into[place + 1] = numbers[this.#at + place] ?? 0;
  }

  restore(from: Int32Array): void {
    this.#death.set(abortRules[(from[0] ?? 0) - 1] ?? null);
    let { numbers } = this.#module;
    for (let place = 0; place < this.#length; place++) {
      const number = from[place + 1] ?? 0;
      const node = place === 0 ? -1 : (this.#contentOf[place - 1] ?? -1);
      if (node >= 0 && number > 0) {
        this.#memory.need(node, tagOfContent(number));
        numbers = this.#module.numbers;
      }
      numbers[this.#at + place] = number;
    }
    this.#ground.restore();
  }
}

/** In the order of saved.c. */
function fieldsOf(
  { geometry, commitRequestsMax }: NodeSetup,
  index: number,
  driverWords: number,
  isBroken: boolean,
  isFailover: boolean,
): StateField[] {
  const { lengthSectors, copyUnitSectors, commitUnitSectors } = geometry;
  if (lengthSectors > LENGTH_SECTORS_MAX) {
    throw new RangeError(
      `a state of ${lengthSectors} sectors cannot be saved: at most ${LENGTH_SECTORS_MAX}`,
    );
  }
  const before = [
    'control',
    'errors',
    'error 0',
    'error 1',
    'blocker',
    'top-id',
    'ops',
    'backup',
    'commit',
    'child 0',
    'child 1',
  ];
  const masks = layers.flatMap((disk) => accesses.map((access) => `bad ${disk} ${access}`));
  const requests = Math.min(commitRequestsMax, Math.ceil(lengthSectors / commitUnitSectors));
  const unitSectors = Math.min(commitUnitSectors, lengthSectors);
  const commit = Array.from({ length: requests }, (_, age) => [
    plainField(`request ${age}`),
    ...contentFields(`request ${age} of node ${index}`, unitSectors),
  ]);
  return [
    ...before.map(plainField),
    ...Array.from({ length: driverWords }, (_, word) => plainField(`driver ${word}`)),
    unitsField('copied', copyUnitSectors),
    plainField('attached'),
    ...(isBroken ? masks.map(plainField) : []),
    ...layers.flatMap((layer) => contentFields(`${layer} of node ${index}`, lengthSectors)),
    ...(isFailover
      ? [plainField('dirty'), plainField('cursor'), plainField('inFlight'), ...commit.flat()]
      : []),
  ];
}
