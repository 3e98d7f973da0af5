/**
 * The tests of a system for the test file of its author, in any runner that has `describe` and `test`: one for each saved
 * trace, one for each law, and a random campaign.
 */
import { stripVTControlCharacters } from 'node:util';
import { basename } from 'node:path';
import type { AsyncSystem, PlainSystem } from '../../impl/system.ts';
import { check, requireSystem, guarding } from '../../properties/campaign/check-system.ts';
import type { CheckResult } from '../../properties/campaign/check-system.ts';
import { checkedOptions, requireKnown } from '../../properties/campaign/check-options.ts';
import type { CheckOptions } from '../../properties/campaign/check-options.ts';
import { invariants } from '../../properties/invariants/invariants.ts';
import { readTrace } from '../format/trace-file.ts';
import { listTraces, requireWritable } from '../replay/failure-folder.ts';
import { replay } from '../replay/replay.ts';
import { Disagreement, findingsReport, nothingShown, requireAgreement } from './assert-agrees.ts';

/** Of vitest, jest or node:test; `timeoutMs` is ignored by the last, which has no limit of its own. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: (...given: unknown[]) => Promise<void>, timeoutMs?: number): unknown;
}

export interface TestsOptions extends Omit<CheckOptions, 'signal'> {
  /** A folder of traces: each is a test, and what the campaign finds is saved there. */
  readonly traces?: string;
}

type AnySystem = PlainSystem | AsyncSystem;

/** So long a test may take where `limitSeconds` does not say. */
const LIMIT_SECONDS = 120;
/** What is left of the limit of a test once the campaign has been ended, to write and tell what was found. */
const TELLING_SECONDS = 5;

/**
 * Declares the tests. A system that is given as a function is made anew for each test, and shut down behind it where it can
 * be. Throws a `UsageError` for options that are none.
 */
export function colocheckTests(
  runner: TestRunner,
  given: AnySystem | (() => AnySystem | Promise<AnySystem>),
  options: TestsOptions = {},
): void {
  requireKnown(options, known);
  const { traces, limitSeconds = LIMIT_SECONDS, ...asked } = options;
  if (traces !== undefined) requireWritable(traces);
  if (typeof given !== 'function') {
    requireSystem(given);
    checkedOptions({ ...asked, limitSeconds }, given.capabilities);
  }
  const timeoutMs = (limitSeconds + TELLING_SECONDS) * 1000;
  const campaign = onceOnly((signal) =>
    using(given, (system) =>
      check(system, { ...asked, limitSeconds, ...(signal === null ? {} : { signal }) }),
    ),
  );
  const test = (name: string, body: (signal: AbortSignal | null) => Promise<void>): void => {
    runner.test(name, (...context) => body(signalOf(context)), timeoutMs);
  };
  runner.describe(typeof given === 'function' ? 'colocheck' : `colocheck: ${given.name}`, () => {
    for (const path of traces === undefined ? [] : listTraces(traces))
      test(`trace ${basename(path, '.json')}`, () => using(given, (system) => requireReplay(system, path)));
    for (const { name, law } of invariants)
      test(`law ${name}: ${law}`, async (signal) => requireLaw(await campaign(signal), name));
    test(`random campaign: ${sizeText(asked)}`, async (signal) => {
      requireAgreement(await campaign(signal), traces);
    });
  });
}

/** The same in each run, so that a server can tell its history. */
function sizeText({ cases = 1000, seconds, seed }: TestsOptions): string {
  const size = `${cases} cases${seed === undefined ? '' : ` of seed ${seed}`}`;
  return seconds === undefined ? size : `up to ${size} in ${seconds} s`;
}

const known: readonly (keyof TestsOptions)[] = [
  'traces',
  'cases',
  'seconds',
  'seed',
  'operations',
  'geometry',
  'comparison',
  'maxFindings',
  'limitSeconds',
];

/** All tests of the laws tell of the one campaign, whichever of them is run first. */
function onceOnly(
  run: (signal: AbortSignal | null) => Promise<CheckResult>,
): (signal: AbortSignal | null) => Promise<CheckResult> {
  let result: Promise<CheckResult> | null = null;
  return (signal) => (result ??= run(signal));
}

async function using<Result>(
  given: AnySystem | (() => AnySystem | Promise<AnySystem>),
  use: (system: AnySystem) => Promise<Result>,
): Promise<Result> {
  if (typeof given !== 'function') return use(given);
  const system = await given();
  requireSystem(system);
  try {
    return await use(system);
  } finally {
    if ('shutdown' in system) await system.shutdown();
  }
}

async function requireReplay(system: AnySystem, path: string): Promise<void> {
  const trace = readTrace(path);
  const { agreed, text } = await guarding(system, trace.comparison, (subject) =>
    replay(path, trace, subject),
  );
  if (agreed !== true) throw new Disagreement(stripVTControlCharacters(text));
}

/** Fails by the findings that break the law; another finding is for the campaign to tell, but none may stand for nothing. */
function requireLaw(result: CheckResult, name: string): void {
  const broken = result.findings.filter(({ law }) => law === name);
  if (broken.length > 0) throw new Disagreement(findingsReport(result, broken, new Map()), result);
  if (result.trouble !== null) throw result.trouble;
  if (result.cases === 0) throw new Disagreement(nothingShown(result), result);
}

/** vitest and node:test hand one to each test, and abort it where the test is given up. */
function signalOf([context]: readonly unknown[]): AbortSignal | null {
  if (typeof context !== 'object' || context === null || !('signal' in context)) return null;
  const { signal } = context;
  return signal instanceof AbortSignal ? signal : null;
}
