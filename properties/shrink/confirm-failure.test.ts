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
import { judgeTrace } from '../../traces/replay/replay.ts';
import { readTrace } from '../../traces/format/trace-file.ts';
import { runCampaign } from '../campaign/campaign.ts';
import { confirmFailure } from './confirm-failure.ts';
import { asyncSubject } from '../subjects/subject.ts';
import type { Subject } from '../subjects/subject.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'confirm-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkpoint is refused where `isPoisoned` says so of what the process was asked since it began. */
function poisonable(isPoisoned: (asked: readonly (Operation['op'] | 'load')[]) => boolean): Subject {
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

test('what does not fail in a fresh process is reported as seen once, with the cases before it', async () => {
  // The third case in a process and those behind it.
  const subject = poisonable((asked) => asked.filter((each) => each === 'load').length > 2);
  const texts: string[] = [];
  const options = {
    seed: 1,
    casesMax: 60,
    secondsMax: Infinity,
    operationsMax: 40,
    geometry: 'mixed',
    depth: 'full',
    findingsMax: 1,
  } as const;
  const statistics = await runCampaign(subject, options, {
    progress: () => {},
    interrupted: () => false,
    finding: (finding) => {
      expect(finding.reproduces).toBe(false);
      const { path, text } = recordFinding(subject, finding, 1, folder);
      texts.push(path, text);
    },
  });
  expect(statistics.findings).toHaveLength(1);
  const [path = '', text] = texts;
  expect(text).toMatch(/seen once, not repeated in a fresh process: the \d+ cases before it are kept/);
  const trace = readTrace(path);
  expect(trace.reproduces).toBe(false);
  expect(trace.before?.length).toBeGreaterThan(1);
  await (subject.kind === 'async' ? subject.renew?.() : null);
  // Behind them it fails again.
  expect(await judgeTrace(trace, subject)).not.toBeNull();
  await (subject.kind === 'async' ? subject.renew?.() : null);
  expect(await judgeTrace({ ...trace, before: [] }, subject)).toBeNull();
});
