/** Turns rows of content into runs, and whatever is repeated into numbers of a table. */
import type { Host, Node } from '../../model/node.ts';
import type { NodeContent } from './content-origins.ts';
import { unitsToCommit } from './movements.ts';
import { rowNames } from './view-data.ts';
import type { Situation } from './view-data.ts';

/** Entries in the order in which they were first met. */
export class Table<Entry> {
  readonly entries: Entry[] = [];
  readonly #numbers = new Map<string, number>();

  number(entry: Entry): number {
    const key = JSON.stringify(entry);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.entries.length);
    this.entries.push(entry);
    return this.entries.length - 1;
  }
}

/** All sectors of all rows as runs. */
export function wholeRuns(nodes: readonly NodeContent[]): number[] {
  return nodes.flatMap((content, node) =>
    rowNames.flatMap((name, row) => rowRuns(node * rowNames.length + row, content[name])),
  );
}

/** The sectors whose content changes from `before` to `after`, as runs of what they hold then. */
export function changedRuns(before: readonly NodeContent[], after: readonly NodeContent[]): number[] {
  return after.flatMap((content, node) =>
    rowNames.flatMap((name, row) => {
      const old = before[node]?.[name];
      if (old === content[name]) return [];
      return rowRuns(node * rowNames.length + row, content[name], old);
    }),
  );
}

/** The runs of one row, or of what of it differs from `old`. */
export function rowRuns(row: number, content: readonly number[], old?: readonly number[]): number[] {
  const runs: number[] = [];
  for (let sector = 0; sector < content.length;) {
    const held = content[sector] ?? 0;
    const differs = (at: number): boolean => content[at] === held && old?.[at] !== held;
    let end = sector;
    while (end < content.length && differs(end)) end++;
    if (end > sector) runs.push(row, sector, end - sector, held);
    sector = Math.max(end, sector + 1);
  }
  return runs;
}

/** The situation of each node of a host. */
export function situationsOf(host: Host): Situation[] {
  return host.nodes.map((node) => ({ stage: node.stage, remarks: remarksOn(node) }));
}

function remarksOn(node: Node): string[] {
  const waiting = unitsToCommit(node);
  const emptying = (['active', 'hidden'] as const).flatMap((disk) => {
    const how = node.makeEmptyFails[disk];
    return [
      ...(how === null ? [] : [`the next make_empty of ${disk} will fail (${how})`]),
      ...(node.ejected[disk] ? [`${disk} is ejected`] : []),
    ];
  });
  return [
    ...(node.error ? ['error flag set'] : []),
    ...(node.backupJob ? ['copies before writes'] : []),
    ...(node.commitJob === null ? [] : [`commit runs, ${waiting} ${waiting === 1 ? 'unit' : 'units'} to go`]),
    ...(node.committed ? ['committed: the guest uses the secondary disk'] : []),
    ...emptying,
    ...(node.linkCut ? ['the peer is gone'] : []),
    ...(node.link === 'alive' ? [] : [`link ${node.link}`]),
    ...node.badSectors.map(({ disk, access, sector }) => `sector ${sector} of ${disk} is ${access}-bad`),
  ];
}
