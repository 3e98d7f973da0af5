/**
 * A test runner of Stryker that judges hundreds of mutants a minute: the tests are loaded once and stay, and with them
 * what modules remember. So a mutant counts as noticed only if the test that noticed it passes again without it, and as
 * not noticed only in a process that has seen no other mutant; else it is judged again in a new process.
 */
import { inspect } from 'node:util';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import type { MutantCoverage, StrykerOptions } from '@stryker-mutator/api/core';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
  TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import { z } from 'zod';
import { loadTests, runTests } from './judging-tests.ts';
import type { JudgingTest, TestRun } from './judging-tests.ts';

const ownOptions = z.object({ judges: z.array(z.string()) });

/** What mutated code looks at. No property is ever deleted: that would make every look-up slow. */
interface InstrumenterContext {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  hitCount: number | undefined;
  hitLimit: number | undefined;
  mutantCoverage: MutantCoverage;
}

class InProcessRunner implements TestRunner {
  static inject = tokens(commonTokens.options);

  readonly #context: InstrumenterContext = {
    activeMutant: undefined,
    currentTestId: undefined,
    hitCount: undefined,
    hitLimit: undefined,
    mutantCoverage: { static: {}, perTest: {} },
  };
  readonly #files: readonly string[];
  #tests: readonly JudgingTest[] | null = null;
  /** Whether no mutant has been active here. */
  #isNew = true;
  readonly #killers: string[] = [];

  constructor(options: StrykerOptions) {
    this.#files = ownOptions.parse(options).judges;
    Reflect.set(globalThis, INSTRUMENTER_CONSTANTS.NAMESPACE, this.#context);
  }

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  /** Runs everything twice: tests that cannot be repeated would judge nothing but themselves. */
  async dryRun(): Promise<DryRunResult> {
    const before = (test: JudgingTest | null): void => {
      this.#context.currentTestId = test?.id;
    };
    const tests = await this.#load();
    const first = await runTests(tests, { goesOn: true, before });
    const second = await runTests(tests, { goesOn: true, before });
    const runs = second.map((run, index) => ({ ...run, failure: first[index]?.failure ?? run.failure }));
    const { mutantCoverage } = this.#context;
    return { status: DryRunStatus.Complete, tests: runs.map(resultOf), mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const context = this.#context;
    if (options.mutantActivation === 'static') context.activeMutant = options.activeMutant.id;
    let tests: readonly JudgingTest[];
    try {
      tests = await this.#load();
    } catch (error) {
      if (options.mutantActivation !== 'static') throw error;
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failedLoading(error)] });
    }
    context.activeMutant = options.activeMutant.id;
    context.hitCount = 0;
    context.hitLimit = options.hitLimit;
    const runs = await runTests(this.#chosen(tests, options.testFilter), { goesOn: options.disableBail });
    const reached = determineHitLimitReached(context.hitCount, options.hitLimit);
    context.activeMutant = undefined;
    context.hitCount = undefined;
    const isSure = reached !== undefined || (await this.#passesWithout(runs));
    if (!isSure && !this.#isNew) throw new Error('to be judged in a new process, which Stryker starts now');
    this.#isNew = false;
    return toMutantRunResult(reached ?? { status: DryRunStatus.Complete, tests: runs.map(resultOf) });
  }

  async #load(): Promise<readonly JudgingTest[]> {
    this.#tests ??= await loadTests(this.#files);
    return this.#tests;
  }

  /** Mutants come file by file: what has noticed one lately is likely to notice the next. */
  #chosen(tests: readonly JudgingTest[], ids: readonly string[] | undefined): readonly JudgingTest[] {
    const covering = ids ? new Set(ids) : null;
    const lastKill = ({ id }: JudgingTest): number => this.#killers.lastIndexOf(id);
    return tests
      .filter(({ id }) => covering?.has(id) ?? true)
      .toSorted((left, right) => lastKill(right) - lastKill(left));
  }

  /** Whether a test has noticed the mutant, and notices nothing without it. */
  async #passesWithout(runs: readonly TestRun[]): Promise<boolean> {
    const failed = runs.filter(({ failure }) => failure !== null).map(({ test }) => test);
    this.#killers.push(...failed.map(({ id }) => id));
    const again = await runTests(failed, { goesOn: false });
    return failed.length > 0 && again.every(({ failure }) => failure === null);
  }
}

function resultOf({ test: { id, fileName }, milliseconds, failure }: TestRun): TestResult {
  const told = { id, name: id, fileName, timeSpentMs: milliseconds };
  return failure === null
    ? { ...told, status: TestStatus.Success }
    : { ...told, status: TestStatus.Failed, failureMessage: inspect(failure) };
}

function failedLoading(error: unknown): TestResult {
  const id = 'the loading of the tests';
  return { id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage: inspect(error) };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];

export const strykerValidationSchema = {
  properties: {
    judges: {
      description: 'the test files that judge mutants, from the root of the project',
      type: 'array',
      items: { type: 'string' },
    },
  },
  required: ['judges'],
};
