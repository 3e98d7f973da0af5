/** Walks a slow system over every transition of a small world, in lockstep with the model. */
import type { AsyncSystem } from '../../impl/system.ts';
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { endOfCase, judgedRun } from '../lockstep/async-lockstep.ts';
import { lostAt } from '../comparison/lost-system.ts';
import type { LastStep } from '../lockstep/async-lockstep.ts';
import { inCase } from '../lockstep/broken-case.ts';
import type { Case } from '../cases/case.ts';
import { situation } from '../cases/case.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { StepJudge } from '../lockstep/profile-judge.ts';
import { wholeJob } from '../jobs/shard.ts';
import type { Shard } from '../jobs/shard.ts';
import { operationIn } from './tour-graph.ts';
import type { TourGraph } from './tour-graph.ts';
import { scaledOperation, scaledSetup, smallHost } from './tour-worlds.ts';
import type { TourWorld } from './tour-worlds.ts';
import { WalkPlan } from './walk-plan.ts';

export interface TourStatistics {
  readonly transitions: number;
  readonly covered: number;
  /** Transitions that the system cannot be given, not counted among `transitions`. */
  readonly excluded: number;
  readonly walks: number;
  readonly operations: number;
  /** Steps that led to another state than the model predicted, as the law allows. */
  readonly otherwise: number;
}

export interface TourFinding {
  readonly testCase: Case;
  readonly divergence: Divergence;
}

export interface Tour extends TourStatistics {
  readonly findings: readonly TourFinding[];
  /** `complete`: every transition of every state that the system can be brought to. */
  readonly ended: 'complete' | 'stopped' | 'findings';
  /** Transitions of states that the model can come to, and the system did not: each way there ended otherwise. */
  readonly unentered: number;
}

/** A walk that has become so long is ended: a failure of it could hardly be read. */
const WALK_OPERATIONS_MAX = 20_000;
const FINDINGS_MAX = 5;

export async function tour(
  system: AsyncSystem,
  tourWorld: TourWorld,
  graph: TourGraph,
  observer: { progress(statistics: TourStatistics): void; mustStop(): boolean },
  comparison: ComparisonMode = 'qemu',
  shard: Shard = wholeJob,
): Promise<Tour> {
  const plan = new WalkPlan(graph, shard);
  const findings: TourFinding[] = [];
  const count = { walks: 0, operations: 0, otherwise: 0 };
  const statistics = (): TourStatistics => ({
    transitions: plan.transitions - plan.excluded,
    covered: plan.covered,
    excluded: plan.excluded,
    ...count,
  });
  let ended: Tour['ended'] = 'complete';
  while (plan.covered + plan.excluded < plan.transitions) {
    if (plan.next(0) === null) break;
    if (observer.mustStop()) ended = 'stopped';
    else if (findings.length >= FINDINGS_MAX) ended = 'findings';
    if (ended !== 'complete') break;
    count.walks++;
    const finding = await unlessInterrupted(() =>
      walk(system, tourWorld, graph, plan, count, comparison, () => {
        observer.progress(statistics());
        return observer.mustStop();
      }),
    );
    if (finding === 'interrupted') {
      ended = 'stopped';
      break;
    }
    if (finding !== null) findings.push(finding);
  }
  const left = plan.transitions - plan.excluded - plan.covered;
  return { ...statistics(), findings, ended, unentered: ended === 'complete' ? left : 0 };
}

/** A walk so far. */
interface Way {
  readonly setup: Setup;
  readonly operations: Operation[];
  readonly run: StepJudge;
  last: LastStep | null;
}

/** From the beginning until nothing new can be reached, or something differs. */
async function walk(
  system: AsyncSystem,
  tourWorld: TourWorld,
  graph: TourGraph,
  plan: WalkPlan,
  count: { operations: number; otherwise: number },
  comparison: ComparisonMode,
  mustStop: () => boolean,
): Promise<TourFinding | null> {
  const setup = scaledSetup(tourWorld);
  const way: Way = { setup, operations: [], run: judgedRun(system, { setup }, { comparison }), last: null };
  const { alphabet } = tourWorld.world;
  try {
    await system.load(
      setup,
      alphabet.map((operation) => scaledOperation(operation, tourWorld.scale)),
    );
  } catch (error) {
    if (!(error instanceof SystemLost)) throw error;
    // As in a campaign: what is lost while a case is loaded is reported at its first operation.
    const first: Operation = { op: 'open' };
    return { testCase: { setup, operations: [first] }, divergence: lostAt(way.run.host, 0, first, error) };
  }
  const found = await walkOn(system, tourWorld, graph, plan, count, mustStop, way);
  const divergence = way.last === null ? found : await endOfCase(system, way.run.host, way.last, found);
  return divergence === null ? null : { testCase: { setup, operations: way.operations }, divergence };
}

/** What differs first. */
async function walkOn(
  system: AsyncSystem,
  tourWorld: TourWorld,
  graph: TourGraph,
  plan: WalkPlan,
  count: { operations: number; otherwise: number },
  mustStop: () => boolean,
  way: Way,
): Promise<Divergence | null> {
  const { setup, operations, run } = way;
  while (operations.length < WALK_OPERATIONS_MAX && !mustStop()) {
    const { host } = run;
    const small = smallHost(host, tourWorld);
    const place = small === null ? null : graph.placeOf(small);
    const index = place === null ? null : plan.next(place.state);
    const chosen = index === null ? undefined : graph.world.alphabet[index];
    // What the law allows may lead to a state that the small world does not have: a new walk goes on.
    if (place === null || index === null || chosen === undefined) return null;
    const operation = scaledOperation(operationIn(place, chosen), tourWorld.scale);
    const stages = host.nodes.map(({ stage }) => stage);
    if (!system.accepts(operation, stages, setup)) {
      plan.exclude(place.state, index);
      continue;
    }
    operations.push(operation);
    count.operations++;
    const at = { index: operations.length - 1, operation, stage: situation(host, operation).stage };
    way.last = at;
    try {
      const actual = await system.apply(operation);
      const shown = await system.observe();
      const found = run.judge(at.index, operation, step(host, operation), actual, shown);
      if (found !== null) return found;
    } catch (error) {
      if (!(error instanceof SystemLost)) throw inCase(error, { setup, operations }, at.index);
      return lostAt(host, at.index, operation, error);
    }
    const after = smallHost(run.host, tourWorld);
    const led = after === null ? null : (graph.placeOf(after)?.state ?? null);
    if (!plan.walked(place.state, index, led)) count.otherwise++;
  }
  return null;
}
