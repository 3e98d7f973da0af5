/** In the test file of an author: a named test for each trace, each law and a campaign, in the runners of others, too. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import type * as nodeTest from 'node:test';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secondary } from '../../impl/examples/secondary.ts';
import createWrong from '../../impl/examples/wrong-secondary.ts';
import { invariants } from '../../properties/invariants/invariants.ts';
import { readTrace } from '../format/trace-file.ts';
import { assertAgrees, Disagreement } from './assert-agrees.ts';
import { colocheckTests } from './colocheck-tests.ts';
import type { TestRunner, TestsOptions } from './colocheck-tests.ts';

const root = join(import.meta.dirname, '../..');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-in-tests-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('assertAgrees', () => {
  test('resolves with what was run', async () => {
    const result = await assertAgrees(new Secondary(), { cases: 60, seed: 1 });
    expect(result).toMatchObject({ agreed: true, cases: 60, seed: 1, system: 'secondary.ts' });
  });

  test('rejects with the one-screen report, the seed, and the trace', async () => {
    const traces = join(folder, 'asserted');
    const error: unknown = await assertAgrees(createWrong(), { cases: 200, seed: 1, traces }).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof Disagreement)) throw new Error('it agreed');
    const lines = error.message.split('\n');
    expect(lines[0]).toMatch(/^\d+ findings? of \d+ causes? in \d+ cases \(seed 1, ended by \w+\)$/);
    expect(error.message).toMatch(/^> +3 {2}primaryWrite/m);
    expect(error.message).not.toContain('\u001B');
    expect(lines.at(-1)).toBe('again:  the option seed: 1 draws the same cases');
    expect(lines.length).toBeLessThan(45);
    const [, path = ''] = /^trace: +(.*)$/m.exec(error.message) ?? [];
    expect(readTrace(path)).toMatchObject({ expects: 'divergence', found: { system: 'wrong-secondary.ts' } });
    expect(error.result?.findings.length).toBe(readdirSync(traces).length);
  });

  test('takes nothing that was run for no agreement', async () => {
    const signal = AbortSignal.abort();
    await expect(assertAgrees(new Secondary(), { signal, seed: 5 })).rejects.toThrow(
      'secondary.ts: no case was run (ended by interrupted, seed 5): nothing was found until then, and nothing shows',
    );
  });

  test('rejects with the error, and with what is wrong in the options', async () => {
    const system = Object.assign(new Secondary(), { observe: () => [{}] });
    await expect(assertAgrees(system, { seed: 1 })).rejects.toThrow(/^secondary\.ts declares /);
    await expect(assertAgrees(new Secondary(), { cases: 0 })).rejects.toThrow('the option cases is 0');
  });
});

/** What a runner is given, and how each test ended: the first line of what it threw, or null. */
async function run(given: Parameters<typeof colocheckTests>[1], options: TestsOptions) {
  const tests: { name: string; body: (...context: unknown[]) => Promise<void>; timeoutMs: number }[] = [];
  let title = '';
  const runner = {
    describe: (name: string, body: () => void) => {
      title = name;
      body();
    },
    test: (name: string, body: (...context: unknown[]) => Promise<void>, timeoutMs = 0) => {
      // jest takes a parameter for a callback that must be called.
      expect(body).toHaveLength(0);
      tests.push({ name, body, timeoutMs });
    },
  };
  colocheckTests(runner, given, options);
  const ended = new Map<string, string | null>();
  for (const { name, body } of tests) {
    const error: unknown = await body({}).then(
      () => null,
      (reason: unknown) => reason,
    );
    ended.set(
      name.replace(/: while.*|: (a|no|st|re)[a-z]+ .*/, ''),
      error instanceof Error ? error.message : null,
    );
  }
  return { title, ended, tests };
}

describe('colocheckTests', () => {
  test('declares a campaign and every law, which pass where the system agrees', async () => {
    const { title, ended, tests } = await run(new Secondary(), { cases: 60, seed: 1, limitSeconds: 20 });
    expect(title).toBe('colocheck: secondary.ts');
    expect(tests).toHaveLength(invariants.length + 1);
    expect(tests.at(-1)?.name).toBe('random campaign: 60 cases of seed 1');
    expect(tests[0]?.name).toMatch(/^law isolation: while a secondary runs/);
    expect(new Set(tests.map(({ timeoutMs }) => timeoutMs))).toEqual(new Set([25_000]));
    expect([...ended.values()].every((message) => message === null)).toBe(true);
  });

  test('fails by the campaign and the laws that are broken, and has a test for each trace from then on', async () => {
    const traces = join(folder, 'kept');
    const wrong = { cases: 200, seed: 1, maxFindings: 1, traces } as const;
    const first = await run(createWrong, wrong);
    expect(first.title).toBe('colocheck');
    expect(first.ended.get('random campaign: 200 cases of seed 1')).toContain('1 finding of 1 cause');
    const [file = ''] = readdirSync(traces);
    const name = `trace ${file.replace('.json', '')}`;
    const again = await run(createWrong, wrong);
    expect(again.tests[0]?.name).toBe(name);
    expect(again.ended.get(name)).toMatch(/^Step 3 \(primaryWrite/);
    const mended = await run(new Secondary(), { ...wrong, cases: 20 });
    expect(mended.ended.get(name)).toBeNull();
  });

  test('fails the law that is broken, by its report', async () => {
    class Careless extends Secondary {
      override apply(operation: Parameters<Secondary['apply']>[0]) {
        const outcome = super.apply(operation);
        if (operation.op === 'primaryWrite' && this.disks.stage === 'running') this.disks.hidden.fill(null);
        return outcome;
      }
    }
    const { ended } = await run(new Careless(), { cases: 60, seed: 1 });
    const broken = [...ended].filter(([name, message]) => name.startsWith('law ') && message !== null);
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.length).toBeLessThan(invariants.length);
    for (const [, message] of broken) expect(message).toMatch(/^breaks \w+: /m);
  });

  test('lets no test pass where nothing was run', async () => {
    const { ended } = await run(new Secondary(), { cases: 60, seed: 1, limitSeconds: 1e-9 });
    expect([...ended.values()].every((message) => message?.includes('no case was run') === true)).toBe(true);
  });

  test('refuses options that are none, and what is no system, before any test is there', async () => {
    const misspelt: object = { case: 5 };
    await expect(run(new Secondary(), misspelt)).rejects.toThrow(
      'there is no option case, did you mean cases?',
    );
    await expect(run(new Secondary(), { cases: Number.NaN })).rejects.toThrow('the option cases is NaN');
    const none = Object.assign(new Secondary(), { name: '' });
    await expect(run(none, {})).rejects.toThrow('the system has no name');
  });
});

describe('from a package elsewhere', () => {
  const file = (runner: string): string => `import { describe, test } from '${runner}';
import { colocheckTests } from 'colocheck';
import createWrong from 'colocheck/impl/examples/wrong-secondary.ts';
colocheckTests({ describe, test }, createWrong, { cases: 100, seed: 1 });
`;

  beforeAll(() => {
    mkdirSync(join(folder, 'node_modules/colocheck'), { recursive: true });
    symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
    rmSync(join(folder, 'node_modules/colocheck'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/colocheck'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });

  test('node:test', () => {
    const path = join(folder, 'mine.node.ts');
    const wrong = join(root, 'impl/examples/wrong-secondary.ts');
    writeFileSync(path, file('node:test').replace('colocheck/impl/examples/wrong-secondary.ts', wrong));
    const tsx = join(root, 'node_modules/tsx/dist/esm/index.mjs');
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--import', tsx, '--test', '--test-reporter=tap', path],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/not ok \d+ - random campaign: 100 cases of seed 1/);
    expect(stdout).toMatch(/^ +ok \d+ - law stageOrder: /m);
    expect(stdout).toContain('Step 3 (primaryWrite');
  });

  test('vitest, also as the document has it', () => {
    const page = readFileSync(join(root, 'docs/your-system.md'), 'utf8');
    const [, sample = ''] = /```ts\n([^`]*colocheckTests[^`]*)```/.exec(page) ?? [];
    const secondary = join(root, 'impl/examples/secondary.ts');
    const mine = `import { Secondary as MySystem } from '${secondary}';\n${sample}`;
    writeFileSync(join(folder, 'document.test.ts'), mine.replace('cases: 1000', 'cases: 60, seed: 1'));
    const path = join(folder, 'mine.test.ts');
    const wrong = join(root, 'impl/examples/wrong-secondary.ts');
    writeFileSync(path, file('vitest').replace('colocheck/impl/examples/wrong-secondary.ts', wrong));
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=tap-flat', '--root', folder],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, VITEST: undefined } },
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/not ok \d+ - .*random campaign: 100 cases of seed 1/);
    expect(stdout).toMatch(/^ok \d+ - .*law stageOrder: /m);
    expect(stdout).toMatch(/^ok \d+ - document\.test\.ts > colocheck > random campaign: 60 cases of seed 1/m);
    expect(stdout).toContain('Step 3 (primaryWrite');
  });
});

test('takes what the runners have, as it is', () => {
  const ofNode = (runner: typeof nodeTest): TestRunner => runner;
  expect([{ describe, test } satisfies TestRunner, ofNode]).toHaveLength(2);
});
