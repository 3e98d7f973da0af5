/** What fails only behind something else: the confirmation in a fresh process, and the traces that come of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import { recordFinding } from '../../traces/record/record-finding.ts';
import { judgeTrace, replay } from '../../traces/replay/replay.ts';
import { soundTrace } from '../../traces/record/sound-trace.ts';
import { readTrace } from '../../traces/format/trace-file.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { Finding } from '../campaign/campaign.ts';
import { shrinkFailure } from '../shrink/shrink-failure.ts';
import { confirmFailure } from './confirm-failure.ts';
import { asyncSubject } from '../subjects/subject.ts';
import type { AsyncSubject } from '../subjects/subject.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'confirm-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkpoint is refused where `isPoisoned` says so of what the process was asked since it began. */
function poisonable(isPoisoned: (asked: readonly (Operation['op'] | 'load')[]) => boolean): AsyncSubject {
  const near = createEfficientSystem();
  let asked: (Operation['op'] | 'load')[] = [];
  const system: AsyncSystem = {
    name: 'far',
    capabilities: near.capabilities,
    load: async (setup) => {
      asked.push('load');
      near.load(setup);
    },
    apply: async (operation) => {
      asked.push(operation.op);
      const outcome = near.apply(operation);
      return operation.op === 'checkpoint' && isPoisoned(asked)
        ? { kind: 'error', message: 'poisoned' }
        : outcome;
    },
    observe: async () => ({ nodes: near.observe() }),
    accepts: () => true,
    unload: async () => near.unload(),
    renew: async () => {
      asked = [];
    },
    shutdown: async () => {},
  };
  return asyncSubject(system);
}

const setup = { nodes: [fourClusters] };
const started: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];

test('a failure is shrunk to one that fails alone, whatever the candidates before it have left behind', async () => {
  const subject = poisonable((asked) => asked.includes('guestFlush'));
  const operations: Operation[] = [
    ...started,
    { op: 'getError' },
    { op: 'guestFlush' },
    { op: 'checkpoint' },
  ];
  const divergence = await subject.judge({ setup, operations }, 'full');
  if (divergence === null) throw new Error('nothing differs');
  const found = await confirmFailure(subject, { setup, operations }, divergence, []);
  expect(found.reproduces).toBe(true);
  expect(found.minimal.operations.map(({ op }) => op)).toEqual(['open', 'start', 'guestFlush', 'checkpoint']);
});

const campaign = {
  seed: 1,
  casesMax: 60,
  secondsMax: Infinity,
  operationsMax: 40,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 1,
} as const;

/** The one finding of a campaign, and its report. */
async function foundBy(subject: AsyncSubject): Promise<{ finding: Finding; path: string; text: string }> {
  const all: { finding: Finding; path: string; text: string }[] = [];
  await runCampaign(subject, campaign, {
    progress: () => {},
    interrupted: () => false,
    finding: (finding) => all.push({ finding, ...recordFinding(subject, finding, 1, folder) }),
  });
  const [first] = all;
  if (first === undefined || all.length > 1) throw new Error(`${all.length} findings`);
  return first;
}

test('what fails only behind other cases is kept with as few of them as it needs', async () => {
  // The third case in a process and those behind it.
  const subject = poisonable((asked) => asked.filter((each) => each === 'load').length > 2);
  const { finding, path, text } = await foundBy(subject);
  expect(finding).toMatchObject({ reproduces: true, plays: { failed: 3, of: 3 } });
  expect(finding.minimal.operations.length).toBeLessThan(5);
  expect(text).toContain(
    'it fails only behind others: the 2 cases before it are kept in the trace, and a replay plays them first',
  );
  const trace = readTrace(path);
  expect(trace).toMatchObject({ reproduces: true, plays: { failed: 3, of: 3 } });
  expect(trace.before).toHaveLength(2);
  await subject.renew?.();
  expect(await judgeTrace(trace, subject)).not.toBeNull();
  await subject.renew?.();
  expect(await judgeTrace({ ...trace, before: [] }, subject)).toBeNull();
});

test('what does not fail each time is reported with its rate, as it was found, and a replay counts again', async () => {
  // Every third checkpoint of all, in whatever process.
  let checkpoints = 0;
  const subject = poisonable((asked) => asked.at(-1) === 'checkpoint' && ++checkpoints % 3 === 0);
  const { finding, path, text } = await foundBy(subject);
  const { reproduces, plays, candidates, minimal, divergence, before = [] } = finding;
  expect({ reproduces, of: plays?.of, candidates }).toEqual({ reproduces: false, of: 10, candidates: 0 });
  expect(plays?.failed).toBeLessThan(10);
  expect(minimal.operations).toHaveLength(divergence.index + 1);
  const kept = `the ${before.length} cases before it are kept`;
  expect(text).toContain(`does not come back: it failed in ${plays?.failed} of 10 plays; ${kept}`);
  expect(text).toMatch(/replay: npm run replay -- .* --times 20$/m);
  const trace = readTrace(path);
  expect(trace).toMatchObject({ reproduces: false, plays, found: { seed: 1 } });
  const alone = { ...trace, before: [] };
  const { agreed, data } = await replay(path, alone, subject, 9);
  expect(agreed).toBe(false);
  expect(data).toMatchObject({ times: 9 });
  expect(data.failed).toBeGreaterThan(0);
  expect(data.failed).toBeLessThan(9);
});

test('a trace that is said not to fail each time, and agrees once, says so', async () => {
  const subject = poisonable(() => false);
  const trace = { ...soundTrace, reproduces: false, plays: { failed: 2, of: 10 } };
  const { agreed, text } = await replay('x.json', trace, subject);
  expect(agreed).toBe(true);
  expect(text).toContain('does not fail each time: 2 of 10 plays did when it was found');
});

test('a budget that is over leaves the case as it was found, and does not say that it fails again', async () => {
  const subject = poisonable((asked) => asked.includes('guestFlush'));
  const operations: Operation[] = [...started, { op: 'guestFlush' }, { op: 'checkpoint' }, { op: 'close' }];
  const divergence = await subject.judge({ setup, operations }, 'full');
  if (divergence === null) throw new Error('nothing differs');
  const over = { isOver: () => Promise.resolve(true) };
  const found = await confirmFailure(subject, { setup, operations }, divergence, [], over);
  expect(found).toMatchObject({ plays: { failed: 0, of: 0 }, candidates: 0, complete: false });
  expect(found.reproduces).toBeUndefined();
  expect(found.minimal.operations).toEqual(operations.slice(0, 4));
});

test('a shrink that is cut off answers with the smallest case so far', async () => {
  const subject = poisonable((asked) => asked.includes('guestFlush'));
  const many = Array.from({ length: 40 }, (): Operation => ({ op: 'getError' }));
  const operations: Operation[] = [...started, ...many, { op: 'guestFlush' }, { op: 'checkpoint' }];
  const divergence = await subject.judge({ setup, operations }, 'full');
  if (divergence === null) throw new Error('nothing differs');
  let asked = 0;
  const few = { isOver: () => Promise.resolve(++asked > 6) };
  const found = await shrinkFailure(subject, { setup, operations }, divergence, { budget: few });
  expect(found.complete).toBe(false);
  expect(found.candidates).toBe(6);
  expect(found.minimal.operations.length).toBeLessThan(operations.length);
  expect(await subject.judge(found.minimal, 'full')).not.toBeNull();
});
