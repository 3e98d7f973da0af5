/** What is seen of a node after an operation, looked up anew only where the operation can have changed it. */
import { wholeUnits } from '../../impl/whole-units.ts';
import type { AbortRule, Observation, Outcome, Tag } from '../../model/vocabulary.ts';
import type { Node } from '../../model/node.ts';
import { observe, readSingly } from '../../model/observe.ts';
import type { Operation } from '../../model/operations.ts';

/** `before` is what was seen of the node as it was `from`. The same as `observe`, for less. */
export function observeAfter(
  operation: Operation,
  before: Observation,
  from: Node,
  to: Node,
  dead: AbortRule | null,
): Observation {
  return observe(to, dead, knownView(operation, before.view, from, to));
}

/** The view after the operation, if nothing refuses it; undefined where all of it is to be looked up. */
function knownView(operation: Operation, view: Outcome, from: Node, to: Node): Outcome | undefined {
  if (view.kind !== 'data' || from.committed !== to.committed || from.badSectors !== to.badSectors)
    return undefined;
  if (from.active === to.active && from.hidden === to.hidden && from.secondary === to.secondary) return view;
  if (!('count' in operation)) return undefined;
  const reach = wholeUnits(operation, to.setup.geometry);
  const { tags } = view;
  const now = readSingly(to, reach);
  let changed: Tag[] | null = null;
  for (let place = 0; place < now.length; place++) {
    const tag = now[place] ?? 0;
    const sector = reach.sector + place;
    if (tag === tags[sector]) continue;
    changed ??= tags.slice();
    changed[sector] = tag;
  }
  return changed === null ? view : { kind: 'data', tags: changed };
}
