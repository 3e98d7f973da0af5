/**
 * What a documented variant is: the efficient implementation with one point changed in which the real binary deviates
 * from its design document, so that it does there what the document says. Variants can be laid over each other.
 */
import { createEfficientSystem } from '../efficient/efficient-system.ts';
import type { HostClass } from '../efficient/efficient-system.ts';
import type { NodeClass } from '../efficient/compare/case-memory.ts';
import { ReplicationHost } from '../efficient/node/replication-host.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { System } from '../system.ts';

export interface DocumentedVariant {
  /** The name of the trace in traces/saved/deviations. */
  readonly deviation: string;
  /** Which of several ways to keep to the document. */
  readonly way: string;
  readonly node?: (base: NodeClass) => NodeClass;
  readonly host?: (base: HostClass) => HostClass;
}

/** One system that follows the document in the points of all of these variants. */
export function createVariant(name: string, variants: readonly DocumentedVariant[]): System {
  let node: NodeClass = ReplicationNode;
  let host: HostClass = ReplicationHost;
  for (const variant of variants) {
    if (variant.node !== undefined) node = variant.node(node);
    if (variant.host !== undefined) host = variant.host(host);
  }
  return createEfficientSystem(node, name, host);
}
