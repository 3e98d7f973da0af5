/** Whether the primaries of a case whose peers are back come to use their links again. */
import type { BrokenAtEnd } from '../system.ts';
import type { QemuNode } from './qemu-node.ts';

/**
 * One of so many cases that end with such a link waits for it: that takes a second or more, and no other case waits for
 * anything. All wait once a link was not used again, for the finding to be confirmed and shrunk.
 */
const CASES_A_WAIT = 4;

export interface LinkedNode extends Pick<QemuNode, 'suffix' | 'usesItsLink'> {
  readonly graph: Pick<QemuNode['graph'], 'isOpen'>;
  readonly link: Pick<QemuNode['link'], 'isRestored'>;
}

export class RestoredLinks {
  #cases = 0;
  #hasMissed = false;

  async unused(nodes: readonly LinkedNode[]): Promise<BrokenAtEnd | null> {
    const restored = nodes.filter(({ graph, link }) => graph.isOpen && link.isRestored);
    if (restored.length === 0) return null;
    if (this.#cases++ % CASES_A_WAIT > 0 && !this.#hasMissed) return null;
    for (const node of restored) {
      if (await node.usesItsLink()) continue;
      this.#hasMissed = true;
      return {
        promise: 'a-link-that-is-back-is-used',
        detail: `the peer of rep${node.suffix} is back, and in the time in which QEMU looks for it no request got there`,
      };
    }
    return null;
  }
}
