/** A world prepared for a search with one system: how states are distinguished, what of them is the same, and how they are packed. */
import type { StateAccess } from '../../../impl/state-access.ts';
import type { System } from '../../../impl/system.ts';
import { ContentCodec } from '../encoding/content-codec.ts';
import { DerivedSteps } from './derived-steps.ts';
import { exchangeableTags, sectorPermutations } from './symmetry.ts';
import { SystemNumbers } from './system-numbers.ts';
import type { World } from '../worlds/world.ts';
import type { StateField } from '../../../impl/state-access.ts';

/** Of all states that differ by a renaming alone, `reduced` looks at one. */
export type Reduction = 'reduced' | 'unreduced';

export interface ProductWorld {
  readonly world: World;
  readonly system: System;
  readonly states: StateAccess;
  readonly derived: DerivedSteps;
  readonly systemLayout: readonly StateField[];
  readonly numbers: SystemNumbers;
  readonly codec: ContentCodec;
  /** Where sectors can go, the identity left out. */
  readonly permutations: readonly (readonly number[])[];
}

/** Loads the world's setup into the system, which must be able to hand out its state. */
export function prepareWorld(world: World, system: System, reduction: Reduction): ProductWorld {
  system.load(world.setup);
  const { states } = system;
  if (states === undefined) throw new TypeError(`${system.name} cannot hand out its state`);
  const derived = new DerivedSteps(world.setup, world.alphabet);
  const systemLayout = states.layout(world.alphabet);
  const isReduced = reduction === 'reduced';
  const tags = isReduced ? exchangeableTags(world) : [];
  const permutations = isReduced ? sectorPermutations(world).slice(1) : [];
  return {
    world,
    system,
    states,
    derived,
    systemLayout,
    numbers: new SystemNumbers(derived.contentFields, systemLayout),
    codec: new ContentCodec(world, derived.contentFields.length, tags),
    permutations,
  };
}

/** Words of a state in the store: its skeleton and its content. */
export function stateWords({ codec }: ProductWorld): number {
  return 1 + codec.wordCount;
}

export function skeletonWords({ derived, systemLayout }: ProductWorld): number {
  return derived.layout.length + systemLayout.length;
}
