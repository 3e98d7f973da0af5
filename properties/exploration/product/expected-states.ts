/** What the model says of a state that is known by its skeleton and its content. */
import type { Host } from '../../../model/node.ts';
import type { Operation } from '../../../model/operations.ts';
import { observationOf } from './derived-steps.ts';
import type { Skeleton } from './product-skeletons.ts';
import type { ProductWorld } from './product-world.ts';

export class ExpectedStates {
  readonly #world: ProductWorld;
  readonly #numbers: Int32Array;

  constructor(world: ProductWorld) {
    this.#world = world;
    this.#numbers = new Int32Array(world.derived.layout.length);
  }

  host(skeleton: Skeleton, content: Int32Array): Host {
    return this.#world.derived.model.read(this.#numbersOf(skeleton, content));
  }

  /** Whether the system shows all that is to be observed. */
  agrees(skeleton: Skeleton, content: Int32Array): boolean {
    const { system, derived } = this.#world;
    const symbolic = (skeleton.observations ??= derived.observations(skeleton.model));
    for (let index = 0; index < symbolic.length; index++) {
      const expected = symbolic[index];
      if (expected === undefined || system.agrees === undefined) return false;
      if (!system.agrees(index, observationOf(expected, content), null, 'full')) return false;
    }
    return true;
  }

  /** Whether the laws hold on the step of an operation from the state. */
  lawsHold(skeleton: Skeleton, content: Int32Array, operation: Operation): boolean {
    return this.#world.derived.lawsHoldFrom(this.#numbersOf(skeleton, content), operation);
  }

  /** Good until the next call. */
  #numbersOf({ model }: Skeleton, content: Int32Array): Int32Array {
    const numbers = this.#numbers;
    const { contentPlaces } = this.#world.derived;
    for (let index = 0; index < numbers.length; index++) numbers[index] = model[index] ?? 0;
    for (let index = 0; index < contentPlaces.length; index++)
      numbers[contentPlaces[index] ?? 0] = content[index] ?? 0;
    return numbers;
  }
}
