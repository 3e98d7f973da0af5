/** What is shown while nothing is in flight, under one hypothesis. */
import type { ShownNode } from '../../impl/shown.ts';
import type { OverlayContent, Tag } from '../../model/vocabulary.ts';
import type { Hypothesis } from './hypothesis.ts';
import { same } from './possible-outcomes.ts';
import type { Miss } from './request-answers.ts';
import type { SectorBoard } from './sector-board.ts';
import { observedIn } from './sectors/control-state.ts';
import type { Sector } from './sectors/sector-effects.ts';

const onSecondary = ({ secondary }: Sector): Tag => secondary;
const byGuest = ({ active, hidden, secondary }: Sector): Tag => active ?? hidden ?? secondary;
const inSnapshot = ({ hidden, secondary }: Sector): Tag => hidden ?? secondary;

/** Leaves of the sectors what agrees with what is shown; null where all is explained. */
export function shownMiss(
  board: SectorBoard,
  hypothesis: Hypothesis,
  nodes: readonly ShownNode[],
): Miss | null {
  for (let node = 0; node < nodes.length; node++) {
    const shown = nodes[node];
    const miss = shown === undefined ? null : nodeMiss(board, hypothesis, node, shown);
    if (miss !== null) return miss;
  }
  return null;
}

function nodeMiss(board: SectorBoard, hypothesis: Hypothesis, node: number, shown: ShownNode): Miss | null {
  const { stage, errorFlag, view, hidden, secondary } = shown;
  const bare = hypothesis.control.host.nodes[node];
  if (bare === undefined) return null;
  const expected = observedIn(hypothesis.control, node, bare);
  if (stage !== undefined && stage !== expected.stage) return { kind: 'shown', node, part: 'stage' };
  if (errorFlag !== undefined && errorFlag !== expected.errorFlag)
    return { kind: 'shown', node, part: 'errorFlag' };
  if (view !== undefined && view.kind !== 'data' && !same(view, expected.view))
    return { kind: 'shown', node, part: 'view' };
  if (isShownSurely(board, hypothesis, node, shown)) return null;
  if (view?.kind === 'data') {
    if (expected.view.kind !== 'data' || view.tags.length !== board.lengthOf(node))
      return { kind: 'shown', node, part: 'view' };
    const seen = bare.committed ? onSecondary : byGuest;
    for (const [sector, tag] of view.tags.entries()) {
      const possible = board.keepWhere(hypothesis, node, sector, seen, tag);
      if (possible !== null) return { kind: 'sector', node, sector, possible };
    }
  }
  const snapshot = hidden === undefined ? null : hiddenMiss(board, hypothesis, node, hidden);
  if (snapshot !== null || secondary === undefined) return snapshot;
  if (secondary.length !== board.lengthOf(node)) return { kind: 'shown', node, part: 'secondary' };
  for (const [sector, tag] of secondary.entries()) {
    const possible = board.keepWhere(hypothesis, node, sector, onSecondary, tag);
    if (possible !== null) return { kind: 'sector', node, sector, possible };
  }
  return null;
}

/** Whether each sector is known, and is shown as it is: mostly so, and looked at in one go. */
function isShownSurely(
  board: SectorBoard,
  hypothesis: Hypothesis,
  node: number,
  { view, hidden, secondary }: ShownNode,
): boolean {
  const length = board.lengthOf(node);
  const bare = hypothesis.control.host.nodes[node];
  if (bare === undefined || view === undefined || secondary?.length !== length) return false;
  const tags = view.kind === 'data' ? view.tags : null;
  if (
    tags !== null &&
    (tags.length !== length || observedIn(hypothesis.control, node, bare).view.kind !== 'data')
  )
    return false;
  const isIsolated = hypothesis.control.nodes[node]?.isIsolated === true;
  if (isIsolated && hidden?.length !== length) return false;
  for (let sector = 0; sector < length; sector++) {
    const only = board.onlyCandidate(hypothesis, node, sector);
    if (only === null || only.secondary !== secondary[sector]) return false;
    const seen = bare.committed ? only.secondary : byGuest(only);
    if (tags !== null && tags[sector] !== seen) return false;
    if (!isIsolated) continue;
    const copied = hidden?.[sector] ?? null;
    if (copied === null ? only.hidden !== null : copied !== inSnapshot(only)) return false;
  }
  return true;
}

/**
 * While the backup job runs, hidden holds of a sector nothing, or what the secondary disk held at the last checkpoint: the
 * guest sees it only where it has not written, and a copy that is made twice would hide beneath what it has.
 */
function hiddenMiss(
  board: SectorBoard,
  hypothesis: Hypothesis,
  node: number,
  hidden: OverlayContent,
): Miss | null {
  if (hypothesis.control.nodes[node]?.isIsolated !== true) return null;
  if (hidden.length !== board.lengthOf(node)) return { kind: 'shown', node, part: 'hidden' };
  for (const [sector, tag] of hidden.entries()) {
    if (tag === null) {
      const isCopied = board.holdsEverywhere(
        hypothesis,
        node,
        sector,
        (candidate) => candidate.hidden !== null,
      );
      if (isCopied) return { kind: 'shown', node, part: 'hidden' };
      continue;
    }
    const possible = board.keepWhere(hypothesis, node, sector, inSnapshot, tag);
    if (possible !== null) return { kind: 'sector', node, sector, possible };
  }
  return null;
}
