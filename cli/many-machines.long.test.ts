/** What is ready to use on many machines (.ci/many-machines, docs/ci.md) is sound, and its commands do what they promise. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const ready = join(root, '.ci/many-machines');

/** Looks like a clone, and keeps what is written out of the real one. */
let clone = '';
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'colocheck-machines-'));
  for (const name of readdirSync(root)) {
    if (name !== 'traces') symlinkSync(join(root, name), join(clone, name));
  }
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function run(
  command: string,
  env: Record<string, string> = {},
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], { cwd: clone, env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    child.on('close', (status) => resolve({ status, output }));
  });
}

function documents(name: string): unknown[] {
  return parseAllDocuments(readFileSync(join(ready, name), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

/** So many cases as shards have batches. */
function small(command: string, cases: number): string {
  const changed = command.replace(/--cases \d+/, `--cases ${cases}`);
  expect(changed).not.toBe(command);
  return changed;
}

test('GitHub Actions: a matrix of shards, and a job that merges them', { timeout: 300_000 }, async () => {
  const stepsSchema = z.array(z.object({ run: z.string().optional(), uses: z.string().optional() }));
  const workflow = z
    .object({
      on: z.object({ workflow_dispatch: z.null(), schedule: z.array(z.object({ cron: z.string() })) }),
      jobs: z.object({
        shard: z.object({
          strategy: z.object({
            'fail-fast': z.literal(false),
            matrix: z.object({ shard: z.array(z.number()) }),
          }),
          steps: stepsSchema,
        }),
        merge: z.object({ needs: z.literal('shard'), if: z.string(), steps: stepsSchema }),
      }),
    })
    .parse(documents('github-actions.yml')[0]);
  const { shard, merge } = workflow.jobs;
  expect(shard.strategy.matrix.shard).toEqual(shard.strategy.matrix.shard.map((_, place) => place + 1));
  const verify = shard.steps.find((step) => step.run?.includes('verify') === true)?.run ?? '';
  const ended = await Promise.all(
    [1, 2].map((index) =>
      run(
        small(verify, 128)
          .replace('${{ github.run_number }}', '7')
          .replaceAll('${{ matrix.shard }}', String(index))
          .replace('${{ strategy.job-total }}', '2'),
      ),
    ),
  );
  expect(ended.map(({ status, output }) => (status === 0 ? 0 : output))).toEqual([0, 0]);
  const mergeCommand = merge.steps.find((step) => step.run?.includes('merge') === true)?.run ?? '';
  expect(mergeCommand).toContain('--require-coverage');
  const merged = await run(mergeCommand.replace('--require-coverage', ''));
  expect(merged.status, merged.output).toBe(0);
  expect(merged.output).toContain('128 cases, ');
  expect(readdirSync(join(clone, 'shards')).toSorted()).toEqual(['1', '2', 'campaign.html', 'campaign.json']);
});

test('GitHub Actions: a job for macOS and Windows runs what is there', () => {
  const { platforms } = z
    .object({
      jobs: z.object({
        platforms: z.object({
          strategy: z.object({
            matrix: z.object({ os: z.tuple([z.literal('macos-latest'), z.literal('windows-latest')]) }),
          }),
          steps: z.array(z.object({ run: z.string().optional() })),
        }),
      }),
    })
    .parse(documents('github-actions.yml')[0]).jobs;
  const words = platforms.steps.flatMap(({ run: command = '' }) => command.split(' '));
  const paths = words.filter(
    (word) => /^(model|impl|properties|traces)\//.test(word) || word.endsWith('.test.ts'),
  );
  expect(paths.length).toBeGreaterThan(8);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('Kubernetes: an Indexed Job, and a job that merges', { timeout: 300_000 }, async () => {
  const container = z.object({
    env: z.array(z.object({ name: z.string(), value: z.string() })),
    command: z.tuple([z.literal('sh'), z.literal('-c')]),
    args: z.tuple([z.string()]),
  });
  const template = z.object({
    spec: z.object({ restartPolicy: z.literal('Never'), containers: z.tuple([container]) }),
  });
  const [, job] = documents('kubernetes-indexed-job.yaml');
  const { spec } = z
    .object({
      apiVersion: z.literal('batch/v1'),
      kind: z.literal('Job'),
      spec: z.object({ completionMode: z.literal('Indexed'), completions: z.number(), template }),
    })
    .parse(job);
  const [verify] = spec.template.spec.containers;
  const env = Object.fromEntries(verify.env.map(({ name, value }) => [name, value]));
  expect(env['SHARDS']).toBe(String(spec.completions));
  const here = { ...env, CASES: '256', RESULTS: join(clone, 'results') };
  const ended = await Promise.all(
    Array.from({ length: spec.completions }, (_, index) =>
      run(verify.args[0], { ...here, JOB_COMPLETION_INDEX: String(index) }),
    ),
  );
  expect(ended.map(({ status, output }) => (status === 0 ? 0 : output))).toEqual(ended.map(() => 0));
  const [mergeJob] = documents('kubernetes-merge-job.yaml');
  const mergeSpec = z.object({ spec: z.object({ template }) }).parse(mergeJob).spec.template.spec;
  const merged = await run(mergeSpec.containers[0].args[0], here);
  expect(merged.status, merged.output).toBe(0);
  expect(merged.output).toContain('256 cases, ');
});

test('GNU parallel: the line of docs/ci.md', { timeout: 300_000 }, async () => {
  const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
  const line = /^seq (\d+) \| parallel "(.*)"$/m.exec(page);
  const merge = /^npm run merge -- shards.*$/m.exec(page)?.[0] ?? '';
  const [, count = '', command = ''] = line ?? [];
  const shards = Array.from({ length: Number(count) }, (_, place) => String(place + 1));
  const ended = await Promise.all(shards.map((shard) => run(small(command, 256).replaceAll('{}', shard))));
  expect(ended.map(({ status, output }) => (status === 0 ? 0 : output))).toEqual(shards.map(() => 0));
  const merged = await run(merge);
  expect(merged.status, merged.output).toBe(0);
  expect(merged.output).toContain('256 cases, ');
});
