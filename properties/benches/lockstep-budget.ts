/** What an operation of the random lockstep costs in each of its parts, each measured alone on the same drawn cases. */
import fc from 'fast-check';
import type { System } from '../../impl/system.ts';
import { observe } from '../../model/observe.ts';
import type { Host } from '../../model/node.ts';
import type { Observation, Outcome } from '../../model/vocabulary.ts';
import { walkOf } from '../cases/case.ts';
import type { Case, Walk } from '../cases/case.ts';
import { sameOutcome } from '../comparison/comparison.ts';
import { Coverage } from '../coverage/coverage.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { Laws } from '../invariants/laws.ts';
import { observeAll, runLockstep, stateDifference } from '../lockstep/lockstep.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import type { BenchOptions } from './lockstep-bench.ts';

const parts = ['generation', 'model', 'system', 'expectation', 'comparison', 'laws', 'coverage'] as const;
type Part = (typeof parts)[number];

/** CPU nanoseconds an operation; `whole` as a campaign runs it. */
export type Budget = Readonly<Record<Part | 'whole', number>>;

const OPERATIONS_MAX = 100;
/** Each with cases of its own: so few that they stay in the caches, as the one case does that a campaign is at. */
const ROUNDS = 12;
/** Of each part in a round, of which the best counts: other work on the machine only slows. */
const PASSES = 4;
/** Long beside the steps of the clock. */
const PASS_SECONDS = 0.01;

interface Played {
  readonly testCase: Case;
  readonly walk: Walk;
  readonly before: readonly (readonly Observation[])[];
  readonly after: readonly (readonly Observation[])[];
}

/** `casesMax` in a round. To be called after a campaign has made the engine compile what a campaign runs. */
export function measureBudget(system: System, options: BenchOptions): Budget {
  const { geometry, seed, casesMax: numRuns } = options;
  const arbitrary = caseArbitrary({
    capabilities: system.capabilities,
    geometry,
    operationsMax: OPERATIONS_MAX,
  });
  const drawn = fc.property(arbitrary, () => {});
  const coverage = new Coverage();
  const { depth } = options;
  const whole = fc.property(arbitrary, (testCase) => {
    agreed(runLockstep(system, testCase, { depth, coverage }) === null);
  });
  const costs = new Map<string, number>();
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const drawing = { seed: seed + round, numRuns };
    const played = fc.sample(arbitrary, drawing).map(play);
    const works = {
      whole: () => fc.assert(whole, drawing),
      drawn: () => fc.assert(drawn, drawing),
      ...worksOn(played, system, options, coverage),
    };
    const operations = played.reduce((sum, { testCase }) => sum + testCase.operations.length, 0);
    for (const [name, work] of Object.entries(works))
      costs.set(name, round === 0 ? 0 : (costs.get(name) ?? 0) + costOf(work, operations) / ROUNDS);
  }
  const of = (name: string): number => costs.get(name) ?? 0;
  return {
    // The model runs as cases are drawn, and not again as they are judged.
    generation: of('drawn') - of('modelled'),
    model: of('modelled'),
    system: of('applied'),
    expectation: of('expected'),
    comparison: of('compared') - of('applied'),
    laws: of('judged'),
    coverage: of('counted'),
    whole: of('whole'),
  };
}

/** Nanoseconds an operation. */
function costOf(work: () => void, operations: number): number {
  const times = Math.ceil(PASS_SECONDS / Math.max(cpuSeconds(work), 1e-5));
  let best = Infinity;
  for (let pass = 0; pass < PASSES; pass++) {
    const seconds = cpuSeconds(() => {
      for (let time = 0; time < times; time++) work();
    });
    best = Math.min(best, seconds);
  }
  return (best * 1e9) / (operations * times);
}

function play(testCase: Case): Played {
  const walk = walkOf(testCase);
  const before: (readonly Observation[])[] = [];
  const after: (readonly Observation[])[] = [];
  let host = walk.start;
  let seen: readonly Observation[] = host.nodes.map((node) => observe(node, null));
  for (const [index, operation] of testCase.operations.entries()) {
    const step = walk.steps[index];
    if (step === undefined) break;
    before.push(seen);
    seen = step.host === host ? seen : observeAll(operation, host, seen, step.host);
    after.push(seen);
    ({ host } = step);
  }
  return { testCase, walk, before, after };
}

function worksOn(played: readonly Played[], system: System, { depth }: BenchOptions, coverage: Coverage) {
  const look = depth === 'full' ? 'changed' : 'sampled';
  return {
    modelled: () => {
      for (const { testCase } of played) walkOf({ setup: testCase.setup, operations: testCase.operations });
    },
    expected: () => {
      for (const each of played)
        forEachStep(each, (host, index, next) => {
          const operation = each.testCase.operations[index];
          if (operation !== undefined && next !== host)
            observeAll(operation, host, each.before[index] ?? [], next);
        });
    },
    applied: () => {
      for (const { testCase } of played) {
        system.load(testCase.setup);
        for (const operation of testCase.operations) system.apply(operation);
      }
    },
    compared: () => {
      for (const each of played) compare(each, system, look);
    },
    judged: () => {
      for (const each of played) {
        const laws = new Laws(each.testCase.setup);
        forEachStep(each, (_host, index, _next, outcome) => {
          const operation = each.testCase.operations[index];
          if (operation === undefined) return;
          agreed(
            laws.brokenBy(operation, outcome, each.before[index] ?? [], each.after[index] ?? []) === null,
          );
        });
      }
    },
    counted: () => {
      for (const { testCase, walk } of played) {
        let host = walk.start;
        for (const [index, step] of walk.steps.entries()) {
          const operation = testCase.operations[index];
          if (operation !== undefined) coverage.count(host, operation, step);
          ({ host } = step);
        }
      }
    },
  };
}

/** The system is run as well: what it costs alone is taken off. */
function compare({ testCase, walk, after }: Played, system: System, look: 'changed' | 'sampled'): void {
  system.load(testCase.setup);
  for (const [index, operation] of testCase.operations.entries()) {
    const step = walk.steps[index];
    if (step === undefined) return;
    agreed(sameOutcome(step.outcome, system.apply(operation)));
    const looked = index === testCase.operations.length - 1 ? 'full' : look;
    agreed(stateDifference(system, step.host, after[index] ?? [], operation, looked) === null);
  }
}

function forEachStep(
  { walk }: Played,
  visit: (host: Host, index: number, next: Host, outcome: Outcome) => void,
): void {
  let host = walk.start;
  for (const [index, step] of walk.steps.entries()) {
    visit(host, index, step.host, step.outcome);
    ({ host } = step);
  }
}

function agreed(agrees: boolean): void {
  if (!agrees) throw new Error('the measured system diverges');
}

/**
 * A line a part: nanoseconds an operation, and the share of the whole. The rest is the loop itself, the collection of garbage,
 * and what the parts cost each other: each alone has the caches for itself, and repeats the same few cases.
 */
export function budgetLines(budget: Budget): string[] {
  const { whole } = budget;
  const sum = parts.reduce((total, part) => total + budget[part], 0);
  const line = (name: string, cost: number): string =>
    `${name.padEnd(14)} ${cost.toFixed(0).padStart(7)} ns ${((100 * cost) / whole).toFixed(0).padStart(4)} %`;
  return [
    ...parts.map((part) => line(part, budget[part])),
    line('the rest', whole - sum),
    line('whole', whole),
  ];
}
