/** What a steered case is drawn towards: the setup that it needs, and the next operation on the way. */
import type { Host, Node } from '../../model/node.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Geometry, Mode } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Dice } from '../cases/dice.ts';
import type { NodeGenerator } from '../generation/node/node-generator.ts';

export interface Target {
  /** What it leads to. */
  readonly what: string;
  /** Its share of the steered cases: the more, the more seldom chance alone comes there. */
  readonly weight: number;
  /** It needs all of them. */
  readonly operations: readonly OperationName[];
  readonly mode: Mode;
  needs?(capabilities: Capabilities): boolean;
  /** Whether it can be come to on such disks; left out: on any. */
  fits?(geometry: Geometry): boolean;
  /** Where disks are drawn anew for each case: such that it fits. */
  readonly shape?: Shape;
  readonly wish: SetupWish;
  /** Null where any operation will do. */
  lead(
    node: Node,
    generator: NodeGenerator,
    dice: Dice,
    host: Host,
    generators: readonly NodeGenerator[],
  ): Operation | null;
}

export type Shape = 'partial last unit' | 'large hidden clusters' | 'several units';

/** What of the setup is not left to chance. */
export interface SetupWish {
  readonly nodes: number;
  /** Nothing is wrong with the nodes but what stands here; else as in any case. */
  readonly isSound: boolean;
  readonly hiddenReadOnly?: true;
  readonly defect?: true;
}

export const oneSoundNode: SetupWish = { nodes: 1, isSound: true };
