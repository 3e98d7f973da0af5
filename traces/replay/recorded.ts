/** What a failing system answered and showed, kept with its trace, and judged again by today's model without any system. */
import type { Host } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import type { Observation, Outcome } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { shownDifference } from '../../properties/comparison/explain.ts';
import { walkOf } from '../../properties/cases/case.ts';
import type { Case } from '../../properties/cases/case.ts';
import { describeOutcome, nodeDifference, sameOutcome } from '../../properties/comparison/comparison.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { allowsQemu } from '../../properties/cases/comparison-mode.ts';
import { ProfileRun } from '../../properties/lockstep/profile-run.ts';
import { observeIndirectly, throughQmp } from '../../properties/comparison/shown-by-model.ts';
import { caseOf } from './replay.ts';
import type { Recorded, Trace } from '../format/trace-schema.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';

/** Up to the divergence system and model had agreed, so the model's outcomes are the system's as well. */
export function recordedOf(testCase: Case, divergence: Divergence): Recorded {
  const { steps } = divergence.documented ?? walkOf(testCase);
  const before = steps
    .slice(0, divergence.index)
    .flatMap((step) => (step === undefined ? [] : [step.outcome]));
  switch (divergence.kind) {
    case 'outcome':
      return { outcomes: [...before, bounded(divergence.actual)] };
    case 'observation': {
      const outcome = steps[divergence.index]?.outcome;
      const outcomes = outcome === undefined ? before : [...before, outcome];
      const { node, observed } = divergence;
      const { view } = observed;
      return { outcomes, node, shown: view === undefined ? observed : { ...observed, view: bounded(view) } };
    }
    case 'invariant':
    case 'lost':
      return { outcomes: before };
  }
}

/** Longer texts are kept up to here: what a system says fills no disk. */
const TEXT_CHARACTERS_MAX = 65_536;

function bounded(outcome: Outcome): Outcome {
  if (outcome.kind === 'error') return { kind: 'error', message: cut(outcome.message) };
  if (outcome.kind === 'status' && outcome.error !== null)
    return { kind: 'status', error: cut(outcome.error) };
  return outcome;
}

function cut(text: string): string {
  if (text.length <= TEXT_CHARACTERS_MAX) return text;
  return `${text.slice(0, TEXT_CHARACTERS_MAX)}... (${text.length} characters)`;
}

export interface Verdict {
  /** Today's model agrees with everything that was recorded. */
  readonly agreed: boolean;
  readonly text: string;
}

/** Throws a `UsageError` where nothing was recorded. */
export function judgeRecorded(path: string, trace: Trace): Verdict {
  const { recorded } = trace;
  if (recorded === undefined) {
    throw new UsageError(`${path} holds no recorded answers to be judged: run it on a system instead`);
  }
  const verdict = judgeByQemu(path, trace, recorded);
  const { comparison } = trace;
  if (comparison === 'qemu' || (verdict.agreed && allowsQemu(comparison))) return verdict;
  const system = trace.found?.system ?? 'the system';
  const judge = comparison === 'document' ? 'the design document' : comparison;
  const agreed = isAllowed(trace, recorded);
  if (!agreed && !verdict.agreed) return verdict;
  const all = agreed ? 'is what' : 'is not what';
  return { agreed, text: `${path}: all that ${system} answered and showed ${all} ${judge} allows today` };
}

/** Whether a profile allows what was recorded; a QMP command may have swallowed an error. */
function isAllowed(trace: Trace, { outcomes, node, shown }: Recorded): boolean {
  const { setup, operations } = caseOf(trace);
  const run = new ProfileRun({ control: 'qmp', commit: 'stepped' }, setup, trace.comparison);
  return operations.slice(0, outcomes.length).every((operation, index) => {
    const isLast = index === outcomes.length - 1;
    const nodes = setup.nodes.map((_, each) => (isLast && each === (node ?? 0) ? (shown ?? {}) : {}));
    const actual = outcomes[index];
    if (actual === undefined) return false;
    const differs = (host: Host, expected: readonly Observation[]) =>
      shownDifference(host, expected, { nodes });
    return run.judge(index, { operation, actual, shown: { nodes }, differs }) === null;
  });
}

function judgeByQemu(path: string, trace: Trace, recorded: Recorded): Verdict {
  const testCase = caseOf(trace);
  const { start, steps } = walkOf(testCase);
  const system = trace.found?.system ?? 'the system';
  for (const [index, actual] of recorded.outcomes.entries()) {
    const expected = steps[index]?.outcome;
    const operation = testCase.operations[index];
    if (expected === undefined || operation === undefined) break;
    if (answersFor(operation, expected).some((answer) => sameOutcome(answer, actual))) continue;
    const told = `${system} answered ${describeOutcome(actual)}, today's model ${describeOutcome(expected)}`;
    return { agreed: false, text: `${path}: step ${index + 1} (${operation.op}): ${told}` };
  }
  const last = steps[recorded.outcomes.length - 1]?.host ?? start;
  const difference = recordedDifference(last, recorded);
  if (difference === null) {
    return {
      agreed: true,
      text: `${path}: today's model agrees with all that ${system} answered and showed`,
    };
  }
  const { part, actual, expected } = difference;
  const at = `step ${recorded.outcomes.length}`;
  return {
    agreed: false,
    text: `${path}: ${at}: ${part} was ${actual} in ${system}, is ${expected} in today's model`,
  };
}

/** A QMP command above the driver may have swallowed an error. */
function answersFor(operation: Operation, outcome: Outcome): readonly Outcome[] {
  return [outcome, throughQmp(operation, outcome)];
}

function recordedDifference({ nodes, dead }: Host, { node, shown }: Recorded) {
  const showing = nodes[node ?? 0];
  if (shown === undefined || showing === undefined) return null;
  return nodeDifference({ ...observe(showing, dead), ...observeIndirectly(showing) }, shown);
}
