/**
 * The search for the choices of QEMU that explain what a system has shown: where it is free, each answer is read off what
 * was seen. Whether the step then explains it is left to the comparison.
 */
import type { Choices, Content } from '../../model/choices.ts';
import type { Host, Node } from '../../model/node.ts';
import type { Range, Tag } from '../../model/vocabulary.ts';
import type { Shown, ShownNode } from '../../impl/shown.ts';

/** Choices that may explain what was answered and shown, other than the predicted ones. */
export function* explanations(host: Host, shown: Shown): Generator<Choices> {
  const seen = choicesSeen(shown);
  yield seen;
  // Whether QEMU remembered a block status shows in nothing but whether the commit has failed.
  yield { ...seen, readsTarget: () => false };
  // Whether a link was back yet shows in nothing but the answer and the disk of the peer.
  if (host.nodes.some(({ link }) => link === 'reconnecting')) yield { ...seen, reconnects: () => false };
}

function choicesSeen({ nodes, settled }: Shown): Choices {
  const of = ({ index }: Node): ShownNode => nodes[index] ?? {};
  return {
    reconnects: () => true,
    readsTarget: () => true,
    cutsWrite: (node, { tag }, places) => changeAmong(places, (sector) => isWritten(of(node), sector, tag)),
    cutsCopy: (node, copy, places) =>
      changeAmong(places, (sector) => isSaved(node, copyUnitOf(node, sector), of(node))),
    settlesBeforeDeath: ({ index }) => settled?.includes(index) === true,
    endsAtOnce: (node) => of(node).commitRuns === false,
    leaves: (node, unit, possible, predicted) => contentSeen(of(node), unit, possible) ?? predicted,
  };
}

/** The first place before and after which something differs. */
function changeAmong(places: readonly Range[], seen: (sector: number) => boolean): number | null {
  return places.find(({ sector }) => seen(sector - 1) !== seen(sector))?.sector ?? null;
}

function isWritten({ view, answeredBy }: ShownNode, sector: number, tag: Tag): boolean {
  const seen = view?.kind === 'data' ? view.tags[sector] : undefined;
  return answeredBy?.[sector] === 'active' && (seen === tag || seen === UNREADABLE);
}

function copyUnitOf({ setup }: Node, sector: number): Range {
  const { copyUnitSectors, lengthSectors } = setup.geometry;
  const first = sector - (sector % copyUnitSectors);
  return { sector: first, count: Math.min(copyUnitSectors, lengthSectors - first) };
}

/** Whether hidden shows a sector of a unit that it did not hold, or not with the content that the secondary disk has. */
function isSaved({ hidden, secondary }: Node, unit: Range, { answeredBy, view }: ShownNode): boolean {
  return sectorsOf(unit).some((sector) => {
    if (answeredBy?.[sector] !== 'hidden' || view?.kind !== 'data') return false;
    const tag = view.tags[sector];
    if (hidden[sector] === null) return tag === secondary[sector] || tag === UNREADABLE;
    return hidden[sector] !== secondary[sector] && tag === secondary[sector];
  });
}

function contentSeen(
  { secondary }: ShownNode,
  unit: Range,
  possible: readonly Content[],
): Content | undefined {
  const seen = secondary?.slice(unit.sector, unit.sector + unit.count);
  return possible.find((content) => content.every((tag, place) => tag === seen?.[place]));
}

function sectorsOf({ sector, count }: Range): number[] {
  return Array.from({ length: count }, (_, place) => sector + place);
}

/** In a view: a sector that cannot be read. */
const UNREADABLE: Tag = -2;
