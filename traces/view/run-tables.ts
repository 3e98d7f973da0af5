/** Turns rows of content into runs, and whatever is repeated into numbers of a table. */
import type { HostState, State } from '../../model/state.ts';
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
    let end = sector;
    while (end < content.length && content[end] === held && old?.[end] !== held) end++;
    if (end > sector) runs.push(row, sector, end - sector, held);
    sector = Math.max(end, sector + 1);
  }
  return runs;
}

/** The situation of each node of a host. */
export function situationsOf(host: HostState): Situation[] {
  return host.nodes.map((state) => ({ stage: state.node.stage, remarks: remarksOn(state) }));
}

function remarksOn(state: State): string[] {
  const { node, faults } = state;
  const waiting = unitsToCommit(state);
  const emptying = (['active', 'hidden'] as const).flatMap((disk) => {
    const how = faults.emptying[disk];
    return [
      ...(how === null ? [] : [`the next emptying of ${disk} will fail (${how})`]),
      ...(faults.ejected[disk] ? [`${disk} is ejected`] : []),
    ];
  });
  return [
    ...(node.errorFlag ? ['error flag set'] : []),
    ...(node.backupJob ? ['copies before writes'] : []),
    ...(node.commit === null ? [] : [`commit runs, ${waiting} ${waiting === 1 ? 'unit' : 'units'} to go`]),
    ...(node.committed ? ['committed: the guest uses the secondary disk'] : []),
    ...emptying,
    ...(faults.linkCut ? ['the peer is gone'] : []),
    ...(node.link === 'alive' ? [] : [`link ${node.link}`]),
    ...faults.badSectors.map(({ disk, access, sector }) => `sector ${sector} of ${disk} is ${access}-bad`),
  ];
}
