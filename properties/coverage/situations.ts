/** All situations, which of them a step meets, and how often each was met. */
import type { Capabilities } from '../../impl/capabilities.ts';
import { isHostCall, operationNames } from '../../impl/operation-lists.ts';
import type { Host, HostStep } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import { modes, stages } from '../../model/vocabulary.ts';
import { nodeOf } from '../cases/case.ts';
import { placeIn, rowOf } from './cell-place.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { presetGeometries } from '../cases/geometries.ts';
import { controlSituations } from './control-situations.ts';
import { dataSituations } from './data-situations.ts';
import type { Moment, Situation } from './situation.ts';

export const situations: readonly Situation[] = [...dataSituations, ...controlSituations];

/** Once met so often, a situation is not looked for any more: looking costs, and nobody asks for more. */
export const MET_MAX = 20;

/** The situations that cases on such disks can be brought to on a system with these capabilities. */
export function situationsWithin(capabilities: Capabilities, geometry: GeometryChoice): readonly Situation[] {
  const fixed =
    typeof geometry === 'object' ? geometry : geometry === 'mixed' ? null : presetGeometries[geometry];
  return situations.filter(
    ({ mode, operations, ...situation }) =>
      capabilities.modes.includes(mode) &&
      operations.some((name) => capabilities.operations.includes(name)) &&
      situation.needs?.(capabilities) !== false &&
      (fixed === null || situation.fits?.(fixed) !== false),
  );
}

export class SituationCounter {
  /** Those that are still looked for: by mode, stage and operation. */
  readonly #watched: Situation[][] = modes.flatMap((mode) =>
    stages.flatMap((stage) =>
      operationNames.map((name) =>
        situations.filter(
          (each) => each.mode === mode && each.stages.includes(stage) && each.operations.includes(name),
        ),
      ),
    ),
  );
  readonly #counts = new Map<string, number>(situations.map(({ name }) => [name, 0]));

  /** `place` is that of mode, stage and operation of the node that the operation meets first. */
  count(place: number, host: Host, operation: Operation, step: HostStep): void {
    if (host.nodes.length > 1 && isHostCall(operation)) {
      this.#countCall(host, operation, step);
      return;
    }
    const watched = this.#watched[place];
    if (watched === undefined || watched.length === 0) return;
    const index = host.nodes.length === 1 ? 0 : nodeOf(operation);
    const moment = momentAt(index, host, operation, step);
    if (moment === null) return;
    for (const situation of watched) if (situation.isMet(moment)) this.#add(situation);
  }

  /** A call to several nodes meets a situation once, at whichever of them. */
  #countCall(host: Host, operation: Operation, step: HostStep): void {
    const met = new Set<Situation>();
    for (const [index, { setup, stage }] of host.nodes.entries()) {
      const moment = momentAt(index, host, operation, step);
      const watched = this.#watched[placeIn(rowOf(setup.mode, stage), operation.op)] ?? [];
      if (moment !== null) for (const situation of watched) if (situation.isMet(moment)) met.add(situation);
    }
    for (const situation of met) this.#add(situation);
  }

  /** What another counter has met. */
  add(name: string, count: number): void {
    this.#counts.set(name, Math.min(MET_MAX, (this.#counts.get(name) ?? 0) + count));
  }

  #add(situation: Situation): void {
    this.add(situation.name, 1);
    if ((this.#counts.get(situation.name) ?? 0) < MET_MAX) return;
    for (const [place, watched] of this.#watched.entries())
      if (watched.includes(situation)) this.#watched[place] = watched.filter((other) => other !== situation);
  }

  /** How often each was met, up to `MET_MAX`. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

function momentAt(
  index: number,
  host: Host,
  operation: Operation,
  { host: next, outcome }: HostStep,
): Moment | null {
  const before = host.nodes[index];
  const after = next.nodes[index];
  if (before === undefined || after === undefined || host.dead !== null) return null;
  return { before, after, operation, outcome, host, next };
}
