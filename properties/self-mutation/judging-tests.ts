/** The tests that judge mutants, loaded once and run again and again in one process. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { collectTests, getFn, getHooks } from '@vitest/runner';
import type { Suite, Task, Test, VitestRunner } from '@vitest/runner';
import { expect } from 'vitest';
import { stopwatch } from '../jobs/stopwatch.ts';

export interface JudgingTest {
  readonly id: string;
  readonly fileName: string;
  readonly test: Test;
}

/** Loads the files with all that they import. Throws what one of them throws. */
export async function loadTests(paths: readonly string[]): Promise<JudgingTest[]> {
  compareSnapshotFiles();
  const files = await collectTests(
    paths.map((path) => resolve(path)),
    runnerHere(),
  );
  const seen = new Map<string, number>();
  return files.flatMap((file) => {
    const failure = file.result?.errors?.[0];
    if (failure) throw new Error(`${file.filepath} cannot be loaded: ${failure.stack ?? failure.message}`);
    const fileName = relative(process.cwd(), file.filepath);
    return testsIn(file).map((test) => {
      const name = `${fileName}#${fullName(test)}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return { id: count === 1 ? name : `${name} (${count})`, fileName, test };
    });
  });
}

function runnerHere(): VitestRunner {
  return {
    config: {
      root: process.cwd(),
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (path) => import(pathToFileURL(path).href),
  };
}

/** `toMatchFileSnapshot` belongs to the workers of vitest; this one only compares, and only what is text. */
function compareSnapshotFiles(): void {
  expect.extend({
    toMatchFileSnapshot(received: unknown, path: string) {
      const { testPath = '' } = expect.getState();
      const wanted = readFileSync(join(dirname(testPath), path), 'utf8');
      return { pass: received === wanted, message: () => `the text differs from ${path}` };
    },
  });
}

function testsIn(task: Task): Test[] {
  if (task.type === 'suite') return task.tasks.flatMap(testsIn);
  return task.mode === 'skip' || task.mode === 'todo' ? [] : [task];
}

function suitesAround(task: Task): Suite[] {
  const around: Suite[] = [];
  for (let suite: Suite | undefined = task.suite; suite; suite = suite.suite) around.unshift(suite);
  return around[0] === task.file ? around : [task.file, ...around];
}

function fullName(test: Test): string {
  const suites = suitesAround(test).filter((suite) => suite !== test.file);
  return [...suites.map(({ name }) => name), test.name].join(' ').trim();
}

export interface TestRun {
  readonly test: JudgingTest;
  readonly milliseconds: number;
  readonly failure: unknown;
}

/** Runs tests in their order, each between the hooks around it; ends at the first failure unless asked to go on. */
export async function runTests(
  tests: readonly JudgingTest[],
  { goesOn, before = () => {} }: { goesOn: boolean; before?: (test: JudgingTest | null) => void },
): Promise<TestRun[]> {
  const runs: TestRun[] = [];
  let open: Suite[] = [];
  const close = async (kept: readonly Suite[]): Promise<void> => {
    before(null);
    for (const suite of open.toReversed()) {
      if (!kept.includes(suite)) for (const hook of getHooks(suite).afterAll) await hook(suite);
    }
  };
  for (const test of tests) {
    const around = suitesAround(test.test);
    await close(around);
    const opened = around.filter((suite) => !open.includes(suite));
    open = around;
    const run = await runTest(test, opened, before);
    runs.push(run);
    if (run.failure !== null && !goesOn) break;
  }
  await close([]);
  return runs;
}

async function runTest(
  test: JudgingTest,
  opened: readonly Suite[],
  before: (test: JudgingTest) => void,
): Promise<TestRun> {
  const { test: task, fileName } = test;
  const suites = suitesAround(task);
  const seconds = stopwatch();
  let failure: unknown = null;
  expect.setState({ testPath: resolve(fileName), currentTestName: task.name });
  before(test);
  try {
    for (const suite of opened) for (const hook of getHooks(suite).beforeAll) await hook(suite);
    for (const suite of suites)
      for (const hook of getHooks(suite).beforeEach) await hook(task.context, suite);
    await getFn(task)();
  } catch (error) {
    failure = error;
  }
  try {
    for (const suite of suites.toReversed())
      for (const hook of getHooks(suite).afterEach) await hook(task.context, suite);
  } catch (error) {
    failure ??= error;
  }
  return { test, milliseconds: seconds() * 1000, failure };
}
