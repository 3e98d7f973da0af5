/** Tours as a part of certification: every transition of small worlds that the system can be given. */
import type { AsyncSystem } from '../../impl/system.ts';
import { wayOf } from '../../properties/cases/comparison-mode.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { setupProblem } from '../../properties/cases/setup-problem.ts';
import { TourGraph } from '../../properties/tour/tour-graph.ts';
import { tour } from '../../properties/tour/tour.ts';
import type { TourFinding, TourStatistics } from '../../properties/tour/tour.ts';
import { scaledSetup, tourWorlds } from '../../properties/tour/tour-worlds.ts';
import type { TourWorld } from '../../properties/tour/tour-worlds.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import type { Certificate } from './certificate-schema.ts';

export interface TourPart {
  readonly summary: Certificate['tours'][number];
  readonly findings: readonly TourFinding[];
}

/** Throws a `UsageError`. */
export function worldNamed(name: string): TourWorld {
  const found = tourWorlds.find(({ world }) => world.name === name);
  if (found !== undefined) return found;
  const names = tourWorlds.map(({ world }) => world.name).join(', ');
  throw new UsageError(`there is no world ${name} to tour: use one or more of ${names}`);
}

/** Why the system cannot be toured there; null where it can. */
export function tourProblem(tourWorld: TourWorld, system: AsyncSystem): string | null {
  return setupProblem(scaledSetup(sizedFor(tourWorld, system)), system.capabilities);
}

export async function runTour(
  tourWorld: TourWorld,
  system: AsyncSystem,
  comparison: ComparisonMode,
  console: { told(statistics: TourStatistics, seconds: number): void; interrupted(): boolean },
): Promise<TourPart> {
  const seconds = stopwatch();
  const { world } = tourWorld;
  const observer = {
    mustStop: () => console.interrupted(),
    progress: (statistics: TourStatistics) => console.told(statistics, seconds()),
  };
  const { findings, ...walked } = await tour(
    system,
    sizedFor(tourWorld, system),
    new TourGraph(world, wayOf(comparison)),
    observer,
    comparison,
  );
  const { transitions, covered, excluded, unentered, walks, operations, otherwise, ended } = walked;
  const counts = { transitions, covered, excluded, unentered, walks, operations, otherwise };
  const took = Number(seconds().toFixed(3));
  return {
    summary: { world: world.name, about: world.about, ...counts, seconds: took, ended },
    findings,
  };
}

/** What is bound to no size of sector need not move the many sectors of a real disk. */
function sizedFor(tourWorld: TourWorld, { capabilities }: AsyncSystem): TourWorld {
  return capabilities.geometry.sectorBytes === 'any' ? { ...tourWorld, scale: 1 } : tourWorld;
}
