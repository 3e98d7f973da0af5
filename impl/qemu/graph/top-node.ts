/** The `blockdev-add` arguments of the replication node, and of what may lie above it. */
import type { Defect, NodeSetup } from '../../../model/vocabulary.ts';
import type { QmpArguments } from '../process/qmp-client.ts';
import { nbdNode } from './storage-exports.ts';

/** The export of the peer to which a primary's link leads. */
export const PEER_EXPORT = 'peer';

export interface TopParts {
  readonly setup: NodeSetup;
  readonly suffix: string;
  /** The socket of the peer; null in secondary mode. */
  readonly peerPath: string | null;
}

export function topNode({ setup, suffix, peerPath }: TopParts): QmpArguments {
  const { mode, defects } = setup;
  const readOnly = setup.readOnly.includes('node') ? { 'read-only': true } : {};
  const node = { driver: 'replication', 'node-name': `rep${suffix}`, mode, ...readOnly };
  const topId = { 'top-id': `${topName(defects)}${suffix}` };
  if (mode === 'primary') {
    const file = nbdNode(peerPath ?? '', PEER_EXPORT);
    return { ...node, file, ...(defects.includes('topIdOnPrimary') ? topId : {}) };
  }
  return { ...node, file: `active${suffix}`, ...(defects.includes('topIdMissing') ? {} : topId) };
}

/** Without its suffix. */
function topName(defects: readonly Defect[]): string {
  if (defects.includes('topIdInvalid')) return 'nowhere';
  if (defects.includes('topIdUnrelated')) return 'other';
  if (defects.includes('topIdNoRoot')) return 'active';
  return defects.includes('topIdAbove') ? 'above' : 'rep';
}

export function nodeAbove(suffix: string): QmpArguments {
  return { driver: 'raw', 'node-name': `above${suffix}`, file: `rep${suffix}` };
}
