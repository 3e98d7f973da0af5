/**
 * Brings a failing case down to a minimal one that fails with the same signature: step by step, and where the system
 * hands out its state by a search of small hosts, from the shortest cases up, for a shorter one that no step leads to.
 */
import type { Operation } from '../../model/operations.ts';
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { endless } from './budget.ts';
import type { Budget } from './budget.ts';
import { minimise } from './minimise.ts';
import type { Extent, Minimised } from './minimise.ts';
import { targetOf } from './failure-search.ts';
import { likelyCases } from './likely-cases.ts';
import { ownHost, smallHosts } from './likely-hosts.ts';
import { isOddRequest } from './whole-alphabet.ts';
import { ModelGraphs } from './model-graph.ts';
import { oddSetups, plainSetups } from './small-setups.ts';
import { shortestFailure } from './shortest-failure.ts';
import type { AsyncSubject, Subject } from '../subjects/subject.ts';

export interface ShrunkFailure extends Minimised {
  /** What goes wrong in the minimal case. */
  readonly divergence: Divergence;
}

export interface ShrinkBounds {
  /** Simpler cases that are run at most. */
  readonly candidatesMax?: number;
  readonly budget?: Budget;
}

/** Where the budget ends the answer is the smallest case so far. */
export async function shrinkFailure(
  subject: Subject,
  failing: Case,
  divergence: Divergence,
  { candidatesMax = candidatesOf(subject, divergence), budget = endless }: ShrinkBounds = {},
): Promise<ShrunkFailure> {
  const signature = signatureOf(divergence);
  let last = divergence;
  let isOver = false;
  let tried = 0;
  const fails = async (candidate: Case): Promise<boolean> => {
    isOver ||= await budget.isOver();
    const found = isOver ? null : await unlessInterrupted(() => subject.judge(candidate, 'full'));
    isOver ||= found === 'interrupted';
    if (!isOver) tried++;
    if (found === null || found === 'interrupted' || signatureOf(found) !== signature) return false;
    last = found;
    return true;
  };
  const { setup, operations } = failing;
  const cut = { setup, operations: operations.slice(0, divergence.index + 1) };
  const start = (await fails(cut)) ? cut : failing;
  const simplify = async (from: Case, extent: Extent = 'throughout'): Promise<Minimised> => {
    const thoroughness = subject.kind === 'sync' ? 'every' : 'halving';
    const steps = minimise(from, subject.capabilities, thoroughness, candidatesMax, extent);
    let minimal = from;
    let next = steps.next();
    while (next.done !== true) {
      const candidate = next.value;
      const isSimpler = await fails(candidate);
      if (isOver) return { minimal, candidates: tried, thoroughness, complete: false };
      if (isSimpler) minimal = candidate;
      next = steps.next(isSimpler);
    }
    return next.value;
  };
  let from = start;
  if (subject.kind === 'async') {
    from = (await simplify(start, 'roughly')).minimal;
    for (const hosts of [ownHost, smallHosts]) {
      const shorter = await likelyFailure(hosts, subject, from, divergence, fails, budget);
      if (shorter !== null) from = (await simplify(shorter, 'roughly')).minimal;
    }
  }
  let shrunk = await simplify(from);
  for (const hosts of [plainSetups, oddSetups]) {
    if (isOver || (await budget.isOver())) break;
    const shorter = shorterOn(hosts, subject, shrunk.minimal, divergence);
    if (shorter !== null && (await fails(shorter))) shrunk = await simplify(shorter);
  }
  return { ...shrunk, divergence: last };
}

/** On the host of the case, and again on small ones: what does not fail costs a case, what does ends the search. */
const LIKELY_MAX = 400;

/** A shorter case that fails, of those that by the model lead to where the failure shows; null where none was found. */
async function likelyFailure(
  hosts: typeof smallHosts,
  subject: AsyncSubject,
  { setup, operations }: Case,
  divergence: Divergence,
  fails: (candidate: Case) => Promise<boolean>,
  budget: Budget,
): Promise<Case | null> {
  // What happens when a case is taken down shows at no operation.
  const { kind } = divergence;
  if ((kind === 'lost' || kind === 'invariant') && divergence.isAtEnd === true) return null;
  const cases = likelyCases(hosts({ setup, operations }, subject.capabilities), {
    target: targetOf(divergence),
    expected: divergence.kind === 'outcome' ? divergence.expected.kind : null,
    operationsMax: operations.length - 1,
    kinds: new Set(operations.map(({ op }) => op)),
    accepts: (operation, host, on) =>
      subject.accepts(
        operation,
        host.nodes.map(({ stage }) => stage),
        on,
      ),
  });
  let tried = 0;
  for (const candidate of cases) {
    if (await budget.isOver()) return null;
    if (candidate === null) continue;
    if (tried++ >= LIKELY_MAX) return null;
    if (await fails(candidate)) return candidate;
  }
  return null;
}

/** The same few hosts are searched again and again. */
const knownGraphs = new ModelGraphs();

/** A search that would take longer is given up. */
const TRANSITIONS_MAX = 45_000;

/** On plain hosts by nearly any operation; on the many odd ones only by operations like those of the case. */
function shorterOn(
  hosts: typeof plainSetups,
  subject: Subject,
  { operations }: Case,
  divergence: Divergence,
): Case | null {
  if (subject.kind !== 'sync' || subject.system.states === undefined) return null;
  const kinds = hosts === plainSetups ? null : kindsLike(operations);
  return shortestFailure(subject.system, (length) => hosts(subject.capabilities, length), {
    target: targetOf(divergence),
    operationsMax: operations.length - 1,
    transitionsMax: TRANSITIONS_MAX,
    graphs: knownGraphs,
    // Requests for nothing or past the end are nearly half of all; what needs one has been short before any search.
    tries: (operation, host) => !isOddRequest(operation, host) && (kinds === null || kinds.has(operation.op)),
  }).found;
}

function kindsLike(operations: readonly Operation[]): ReadonlySet<Operation['op']> {
  const kinds = new Set(operations.map(({ op }) => op));
  // A commit job that dies has failed without any bad sector.
  return kinds.has('commitAdvance') || kinds.has('commitSettle') ? kinds.add('endJob') : kinds;
}

/** A case costs microseconds in this process, tens of milliseconds on a real binary, and seconds where that hangs. */
function candidatesOf(subject: Subject, divergence: Divergence): number {
  if (subject.kind === 'sync') return Infinity;
  // What hangs is given up early: time is bound enough.
  if (subject.endure !== undefined) return 1000;
  const waits =
    divergence.kind === 'invariant'
      ? divergence.invariant === 'a-link-that-is-back-is-used'
      : divergence.kind === 'lost' && divergence.how === 'hang';
  return waits ? 24 : 1000;
}
