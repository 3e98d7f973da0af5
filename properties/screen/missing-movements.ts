/** What the model moves between the layers in the step that differs, and the system shows not to have moved. */
import type { Host } from '../../model/node.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { isHostCall } from '../../impl/operation-lists.ts';
import { nodeOf, walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { movementsOf } from './movements.ts';
import type { Movement, MovementKind } from './movements.ts';

const names: Record<MovementKind, string> = {
  copy: 'copy before write',
  fill: 'fill of a new cluster',
  commit: 'commit',
  empty: 'emptying',
};

/** `expected, did not happen: copy before write of sector 0, secondary to hidden`; none where nothing was shown. */
export function missingMovements(testCase: Case, divergence: Divergence): string[] {
  if (divergence.kind !== 'observation') return [];
  const { start, steps } = { ...walkOf(testCase), ...divergence.documented };
  const { index, node, operation, observed } = divergence;
  const before = (steps[index - 1]?.host ?? start).nodes[node];
  const after = steps[index]?.host;
  const reached = after?.nodes[node];
  if (before === undefined || after === undefined || reached === undefined) return [];
  const named = isHostCall(operation) || nodeOf(operation) !== node ? null : operation;
  return movementsOf(before, reached, named)
    .filter((movement) => isMissing(movement, after, node, observed))
    .map(missingText);
}

/** Where the layer that it goes to is not, in a sector of it, as the model says. */
function isMissing(
  { to, sector, count }: Movement,
  { nodes }: Host,
  node: number,
  shown: ShownNode,
): boolean {
  const seen = shown[to];
  const wanted = nodes[node]?.[to];
  if (seen === undefined || wanted === undefined) return false;
  return Array.from({ length: count }, (_, offset) => sector + offset).some(
    (each) => (seen[each] ?? null) !== (wanted[each] ?? null),
  );
}

function missingText({ kind, from, to, sector, count }: Movement): string {
  const where = count === 1 ? `sector ${sector}` : `sectors ${sector}..${sector + count - 1}`;
  return `expected, did not happen: ${names[kind]} of ${where}, ${from === to ? to : `${from} to ${to}`}`;
}
