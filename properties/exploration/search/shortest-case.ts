/** The path to a state as an ordinary case: the operations of a run, with the tags as that run writes them. */
import type { Operation } from '../../../model/operations.ts';
import type { Case } from '../../cases/case.ts';
import type { Position, ProductSearch } from './product-search.ts';
import type { StateStore } from '../product/state-store.ts';
import type { World } from '../worlds/world.ts';

/** The shortest way to `state`. */
export function caseTo(world: World, search: ProductSearch, store: StateStore, state: number): Case {
  const { operations } = walkTo(world, search, store, state);
  return { setup: world.setup, operations };
}

/** The shortest way to where system and model part, at an operation in `state`. */
export function caseBeyond(world: World, search: ProductSearch, store: StateStore, state: number): Case {
  const { operations, position } = walkTo(world, search, store, state);
  const last = search.follow(position, null);
  if (last === null)
    throw new Error('a divergence of the search does not come again: the system is not deterministic');
  return { setup: world.setup, operations: [...operations, operationAt(world, last.operation)] };
}

function walkTo(
  world: World,
  search: ProductSearch,
  store: StateStore,
  state: number,
): { readonly operations: readonly Operation[]; readonly position: Position } {
  const way: number[] = [];
  for (let at = state; store.parent(at) >= 0; at = store.parent(at)) way.unshift(at);
  const operations: Operation[] = [];
  let position = search.initialPosition();
  for (const next of way) {
    const move = search.follow(position, next);
    if (move === null || move.to === null) {
      throw new Error('a way of the search cannot be gone again: the system is not deterministic');
    }
    operations.push(operationAt(world, move.operation));
    position = move.to;
  }
  return { operations, position };
}

function operationAt({ alphabet }: World, index: number): Operation {
  const operation = alphabet[index];
  if (operation === undefined) throw new RangeError(`the alphabet has no operation ${index}`);
  return operation;
}
