/**
 * What QEMU is free to do. The model asks at the one place where it is, and hands over what it predicts; `predicted`
 * takes that. It only asks for what the binary has been seen to do (failed-commit.ts, writes.ts, jobs.ts), so any answer is allowed. The search
 * for the choices that explain what a system has shown is comparison and lies in properties/.
 */
import { asQemu } from './deviations.ts';
import type { Follow } from './deviations.ts';
import type { Node } from './node.ts';
import type { Extent, Range, Tag } from './vocabulary.ts';

export interface Choices {
  /** Whether the client of a primary whose peer is there again has reconnected: some requests later, or 1 to 15 s. */
  reconnects(node: Node): boolean;
  /** At which sector a guest write that fails is cut in two, if at all: where one of these clusters begins. */
  cutsWrite(node: Node, extent: Extent, places: readonly Range[]): number | null;
  /** The same of a copy-before-write that fails, where one of these copy units begins. */
  cutsCopy(node: Node, copy: Range, places: readonly Range[]): number | null;
  /** Whether a commit that must fail, or has nothing to write, has ended by the time that the stop answers. */
  endsAtOnce(node: Node): boolean;
  /** What a unit of the secondary disk holds after a failed commit, in the order of the requests that write it. */
  leaves(node: Node, unit: Range, possible: readonly Content[], predicted: Content): Content;
}

export type Content = readonly Tag[];

/** What a step asks: the choices, and the way at each deviation. */
export interface Qemu extends Choices {
  readonly follow: Follow;
}

export const predicted: Choices = {
  reconnects: () => true,
  cutsWrite: () => null,
  cutsCopy: () => null,
  endsAtOnce: () => false,
  leaves: (_node, _unit, _possible, wanted) => wanted,
};

const asPredicted: Qemu = { ...predicted, follow: asQemu };

export function qemuOf(choices: Choices, follow: Follow): Qemu {
  return choices === predicted && follow === asQemu ? asPredicted : { ...choices, follow };
}
