/** The lockstep run for systems behind a process or a wire. */
import type { AsyncSystem } from '../impl/system.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { throughQmp } from '../model/host.ts';
import { observe, observeIndirectly, observeProbes } from '../model/observe.ts';
import { lawfulSteps } from '../model/resolve.ts';
import { initialState } from '../model/state.ts';
import type { HostState, HostStep } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Observation, Operation, Outcome, Shown } from '../model/vocabulary.ts';
import { situation } from './case.ts';
import type { Case } from './case.ts';
import { nodeDifference, probeDifference, sameOutcome } from './comparison.ts';
import type { Coverage } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { Laws } from './laws.ts';

/** Null when system and model agree from the first operation to the last. A lost process is a divergence, too. */
export async function runAsyncLockstep(
  system: AsyncSystem,
  { setup, operations }: Case,
  coverage?: Coverage,
): Promise<Divergence | null> {
  let host = initialState(setup);
  let before = observeNodes(host);
  const laws = new Laws(setup);
  await system.load(setup, operations);
  for (const [index, operation] of operations.entries()) {
    const stages = host.nodes.map(({ node }) => node.stage);
    if (!system.accepts(operation, stages, setup)) continue;
    const { stage } = situation(host, operation);
    const at = { index, operation, stage };
    let actual;
    let shown: Shown;
    try {
      actual = await system.apply(operation);
      shown = await system.observe();
    } catch (error) {
      if (error instanceof SystemLost) return { kind: 'lost', ...at, how: error.how, detail: error.message };
      throw error;
    }
    const judged = judgeStep(system, host, operation, actual, shown);
    if ('found' in judged) return { ...at, ...judged.found };
    const { next } = judged;
    const after = observeNodes(next.state);
    const broken = laws.brokenBy(operation, next.outcome, before, after);
    if (broken !== null) return { kind: 'invariant', ...at, invariant: broken.name, law: broken.law };
    coverage?.count(host, operation, next);
    host = next.state;
    before = after;
  }
  return null;
}

/** The step of the model that a system has shown, or where it differs from every step that the law allows. */
export function judgeStep(
  { capabilities }: AsyncSystem,
  host: HostState,
  operation: Operation,
  actual: Outcome,
  shown: Shown,
): { readonly next: HostStep } | { readonly found: NonNullable<ReturnType<typeof difference>> } {
  const seen: Seen = { operation, actual, shown, swallows: capabilities.control === 'qmp' };
  const predicted = step(host, operation);
  const found = difference(predicted, seen);
  if (found === null) return { next: predicted };
  // Only where the prediction fails is it asked what else the law would allow.
  const other = capabilities.commit === 'free' ? lawful(host, seen) : null;
  return other === null ? { found } : { next: other };
}

interface Seen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
  /** The system discards the errors that QMP discards. */
  readonly swallows: boolean;
}

function observeNodes({ nodes, dead }: HostState): readonly Observation[] {
  return nodes.map((state) => observe(state, dead));
}

/** The first step that the law allows and that was seen. */
function lawful(host: HostState, seen: Seen): HostStep | null {
  for (const candidate of lawfulSteps(host, seen.operation, seen.shown)) {
    if (difference(candidate, seen) === null) return candidate;
  }
  return null;
}

function difference({ state, outcome }: HostStep, { operation, actual, shown, swallows }: Seen) {
  const expected = swallows ? throughQmp(operation, outcome) : outcome;
  if (!sameOutcome(expected, actual)) return { kind: 'outcome', expected, actual } as const;
  for (const [node, each] of state.nodes.entries()) {
    const observed = shown.nodes[node] ?? {};
    const found = nodeDifference({ ...observe(each, state.dead), ...observeIndirectly(each) }, observed);
    if (found !== null) return { kind: 'observation', node, ...found, observed } as const;
  }
  const found = probeDifference(observeProbes(state), shown.probes);
  return found === null ? null : ({ kind: 'observation', node: 0, ...found, observed: {} } as const);
}
