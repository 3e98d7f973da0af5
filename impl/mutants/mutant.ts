/** What a seeded bug is: a version of the efficient implementation with one thing overridden. */
import type { HostClass } from '../efficient/efficient-system.ts';
import { createEfficientSystem } from '../efficient/efficient-system.ts';
import type { NodeClass } from '../efficient/compare/case-memory.ts';
import type { System } from '../system.ts';

/**
 * Where a bug comes from: QEMU had it; anyone may slip so; it loses data silently and seldom; a call does what it must
 * not; or only what follows a failure is wrong.
 */
export const mutantOrigins = ['qemu fix', 'slip', 'data loss', 'control slip', 'fault slip'] as const;
export type MutantOrigin = (typeof mutantOrigins)[number];

export interface Described {
  readonly name: string;
  /** One sentence. */
  readonly wrong: string;
  readonly origin: MutantOrigin;
  /** The commits that fixed it in QEMU, and the first release that has them. */
  readonly mendedBy?: string;
}

/** The bug is in the node, or in the host that the nodes are in. */
export type Mutant = Described & ({ readonly node: NodeClass } | { readonly host: HostClass });

export function createMutant(mutant: Mutant, name = mutantSystemName(mutant)): System {
  return 'node' in mutant
    ? createEfficientSystem(mutant.node, name)
    : createEfficientSystem(undefined, name, mutant.host);
}

/** By which a command line names it. */
export function mutantSystemName({ name }: Pick<Described, 'name'>): string {
  return `mutant:${name}`;
}
