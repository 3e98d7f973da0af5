/** What the block graph of a process holds between cases. */
import { askForGraph } from './graph-shape.ts';
import type { QemuProcess } from './qemu-process.ts';

/** Nodes, backends of exports and jobs. */
export async function graphMembers({ qmp }: QemuProcess): Promise<readonly string[]> {
  const { nodes } = await askForGraph(qmp);
  return nodes.map(({ type, name }) => `${type} ${name || 'without a name'}`);
}

/** What a case has left there, or taken away, in words; null where it is as before. */
export function differenceOf(before: readonly string[], now: readonly string[]): string | null {
  const left = without(now, before);
  const missing = without(before, now);
  if (left.length + missing.length === 0) return null;
  const list = (members: readonly string[]): string =>
    members.join(', ').replaceAll(/#block\d+/g, '#block') || 'nothing';
  return `the block graph is as before the case; left there: ${list(left)}; missing: ${list(missing)}`;
}

/** Of each name as many as there are more in `members` than in `others`. */
function without(members: readonly string[], others: readonly string[]): readonly string[] {
  const rest = [...others];
  return members.filter((member) => {
    const place = rest.indexOf(member);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}
