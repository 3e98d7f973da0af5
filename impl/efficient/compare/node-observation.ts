/** All that can be seen of a node, by reading through its top and looking into its layers. */
import type { Observation, Outcome, OverlayContent, Tag } from '../../../model/vocabulary.ts';
import { POISON_WORD } from '../../payload.ts';
import type { Overlay } from '../memory/overlay.ts';
import { fillWords } from '../memory/word-copy.ts';
import { aborted, EIO } from '../node/outcomes.ts';
import type { ReplicationHost } from '../node/replication-host.ts';
import type { CaseMemory } from './case-memory.ts';
import { guestRead } from './tagged-requests.ts';
import { UNREADABLE } from './unreadable.ts';

export function observeNode(memory: CaseMemory, { dead }: ReplicationHost): Observation {
  const { node } = memory;
  return {
    stage: node.stage,
    errorFlag: node.errorFlag,
    view: dead === null ? view(memory) : aborted(dead),
    active: overlayContent(memory, node.active),
    hidden: overlayContent(memory, node.hidden),
    secondary: secondaryContent(memory),
    wiring: node.wiring(),
  };
}

/** What reads of single sectors return; of each part at once where nothing fails. */
function view(memory: CaseMemory): Outcome {
  const { parts } = memory;
  const refused = guestRead(memory, { sector: 0, count: 0 });
  if (refused.kind !== 'data') return refused;
  const found: Tag[] = [];
  for (const { sector, end } of parts) {
    const whole = guestRead(memory, { sector, count: end - sector });
    if (whole.kind === 'data') for (const tag of whole.tags) found.push(tag);
    else if (whole !== EIO) return whole;
    else for (let each = sector; each < end; each++) found.push(viewOf(memory, each));
  }
  return { kind: 'data', tags: found };
}

function viewOf(memory: CaseMemory, sector: number): Tag {
  const outcome = guestRead(memory, { sector, count: 1 });
  return outcome.kind === 'data' ? (outcome.tags[0] ?? UNREADABLE) : UNREADABLE;
}

function overlayContent({ tags, parts }: CaseMemory, overlay: Overlay): OverlayContent {
  const content: (Tag | null)[] = [];
  for (const { sector: first, end, before } of parts) {
    for (let sector = first; sector < end; sector++) {
      const cluster = overlay.clusterOf(sector + before);
      const slot = overlay.slotOf(cluster);
      const at = slot < 0 ? 0 : overlay.wordOffset(slot, sector + before - cluster * overlay.clusterSectors);
      content.push(slot < 0 ? null : tags.decodeSector(overlay.segmentToRead(slot), at, sector));
    }
  }
  return content;
}

function secondaryContent({ node, tags, buffer, geometry, parts }: CaseMemory): readonly Tag[] {
  fillWords(buffer, 0, POISON_WORD, buffer.length);
  for (const { sector, end, before } of parts)
    node.secondary.read(sector + before, end - sector, buffer, sector * node.wordsPerSector);
  return tags.decode(buffer, 0, 0, geometry.lengthSectors);
}
