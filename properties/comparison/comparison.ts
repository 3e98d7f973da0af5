/** Compares what the model expects with what a system showed. */
import { bounded } from '../../impl/printed-text.ts';
import { ok } from '../../model/answers.ts';
import type { Observation, Outcome, Wiring } from '../../model/vocabulary.ts';
import type { IndirectObservation, ObservationPart, Probes, ShownNode } from '../../impl/shown.ts';

export interface Difference {
  readonly part: ObservationPart;
  readonly sector: number | null;
  readonly expected: string;
  readonly actual: string;
}

export function sameOutcome(expected: Outcome, actual: Outcome): boolean {
  // Most are; outcomes of all kinds meet below, where a look costs more.
  if (expected === ok) return actual.kind === 'ok';
  switch (expected.kind) {
    case 'ok':
      return actual.kind === 'ok';
    case 'data':
      return actual.kind === 'data' && sameEntries(expected.tags, actual.tags);
    case 'error':
      return actual.kind === 'error' && expected.message === actual.message;
    case 'errno':
      return actual.kind === 'errno' && expected.errno === actual.errno;
    case 'status':
      return actual.kind === 'status' && expected.error === actual.error;
    case 'abort':
      return actual.kind === 'abort' && expected.rule === actual.rule;
  }
}

/** The first difference in any part that is expected and shown of a node, in the order in which a reader wants to know. */
export function nodeDifference(
  expected: Observation & Partial<IndirectObservation>,
  shown: ShownNode,
): Difference | null {
  return (
    scalarDifference('stage', expected.stage, shown.stage) ??
    scalarDifference('errorFlag', expected.errorFlag, shown.errorFlag) ??
    scalarDifference('commitRuns', expected.commitRuns, shown.commitRuns) ??
    viewDifference(expected.view, shown.view) ??
    entryDifference('secondary', expected.secondary, shown.secondary) ??
    entryDifference('active', expected.active, shown.active) ??
    entryDifference('hidden', expected.hidden, shown.hidden) ??
    entryDifference('answeredBy', expected.answeredBy, shown.answeredBy) ??
    wiringDifference(expected.wiring, shown.wiring)
  );
}

export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return 'ok';
    case 'data':
      return describeTags(outcome.tags);
    case 'error':
      return `error '${bounded(outcome.message)}'`;
    case 'errno':
      return outcome.errno;
    case 'status':
      return outcome.error === null ? 'no error' : `status '${bounded(outcome.error)}'`;
    case 'abort':
      return `process died (${outcome.rule})`;
  }
}

const TAGS_SHOWN = 400;

function describeTags(tags: readonly number[]): string {
  if (tags.length <= TAGS_SHOWN) return `tags ${tags.join(' ')}`;
  return `tags ${tags.slice(0, TAGS_SHOWN).join(' ')}... (${tags.length} sectors)`;
}

function viewDifference(expected: Outcome, actual: Outcome | undefined): Difference | null {
  if (actual === undefined || sameOutcome(expected, actual)) return null;
  if (expected.kind === 'data' && actual.kind === 'data') {
    return entryDifference('view', expected.tags, actual.tags);
  }
  return { part: 'view', sector: null, expected: describeOutcome(expected), actual: describeOutcome(actual) };
}

export function probeDifference(expected: Probes, actual: Probes | undefined): Difference | null {
  if (actual === undefined) return null;
  for (const probe of ['getError', 'startOtherMode'] as const) {
    const wanted = expected[probe];
    const answered = actual[probe];
    if (wanted === null || answered === null || sameOutcome(wanted, answered)) continue;
    return {
      part: 'probes',
      sector: null,
      expected: `${probe}: ${describeOutcome(wanted)}`,
      actual: `${probe}: ${describeOutcome(answered)}`,
    };
  }
  return null;
}

const wiringParts = [
  'blocked',
  'hiddenReadOnly',
  'secondaryReadOnly',
  'hiddenAttached',
  'secondaryAttached',
] as const;

function wiringDifference(expected: Wiring, actual: Partial<Wiring> | undefined): Difference | null {
  if (actual === undefined) return null;
  for (const name of wiringParts) {
    if (actual[name] === undefined || actual[name] === expected[name]) continue;
    return {
      part: 'wiring',
      sector: null,
      expected: `${name}: ${expected[name]}`,
      actual: `${name}: ${actual[name]}`,
    };
  }
  return null;
}

function scalarDifference<Value extends string | boolean>(
  part: ObservationPart,
  expected: Value | undefined,
  actual: Value | undefined,
): Difference | null {
  if (expected === undefined || actual === undefined || expected === actual) return null;
  return { part, sector: null, expected: String(expected), actual: String(actual) };
}

type Entries = readonly (number | string | null)[];

function entryDifference(
  part: ObservationPart,
  expected: Entries | null | undefined,
  actual: Entries | null | undefined,
): Difference | null {
  if (expected === undefined || actual === undefined || expected === actual) return null;
  if (expected === null || actual === null || expected.length !== actual.length) {
    const length = (entries: Entries | null): string =>
      entries === null ? 'none' : `${entries.length} sectors`;
    return { part, sector: null, expected: length(expected), actual: length(actual) };
  }
  if (sameEntries(expected, actual)) return null;
  const sector = expected.findIndex((entry, index) => entry !== actual[index]);
  return { part, sector, expected: String(expected[sector]), actual: String(actual[sector]) };
}

function sameEntries(expected: Entries, actual: Entries): boolean {
  if (expected.length !== actual.length) return false;
  for (let index = 0; index < expected.length; index++) {
    if (expected[index] !== actual[index]) return false;
  }
  return true;
}
