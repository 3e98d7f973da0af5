/**
 * A prediction is held against the binary also where QEMU is free: wherever the model asks `choices`, and in the split
 * write, a broken prediction differs from a run recorded on QEMU 7.2, which the model as it is explains.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { step } from '../../model/step.ts';
import { JudgedRun } from '../../properties/lockstep/async-lockstep.ts';
import { parseLine } from './log-line.ts';

const model = join(import.meta.dirname, '../../model');
const folders: string[] = [];

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** The model with one text of its source replaced. */
async function brokenStep(file: string, text: string, replacement: string): Promise<typeof step> {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-broken-'));
  folders.push(folder);
  cpSync(model, folder, { recursive: true });
  const source = readFileSync(join(folder, file), 'utf8');
  expect(source.split(text)).toHaveLength(2);
  writeFileSync(
    join(folder, file),
    source.replace(text, () => replacement),
  );
  const module: unknown = await import(join(folder, 'step.ts'));
  return z.object({ step: z.custom<typeof step>((value) => typeof value === 'function') }).parse(module).step;
}

/** The index of the first step of a recorded run that a model does not explain; null where it explains all. */
function firstDifference(log: string, judging: typeof step): number | null {
  const path = join(import.meta.dirname, 'recorded', `${log}.jsonl`);
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => parseLine(line, true));
  const [head, begun, ...run] = lines;
  if (head === undefined || !('format' in head) || begun === undefined || !('setup' in begun))
    throw new Error(`${path} does not begin with a head and a setup`);
  const { control, commit } = head;
  const { setup } = begun;
  const operations = run.flatMap((line) => ('operation' in line ? [line.operation] : []));
  const answers = run.flatMap((line) => ('answer' in line ? [line] : []));
  const judge = new JudgedRun({ capabilities: { control, commit } }, { setup }, undefined, judging);
  const index = operations.findIndex((operation, at) => {
    const { answer, shown } = answers[at] ?? { answer: { kind: 'ok' } };
    const predicted = judging(judge.host, operation);
    return judge.judge(at, operation, predicted, answer, { nodes: [], ...shown }) !== null;
  });
  return index === -1 ? null : index;
}

describe.each([
  {
    prediction: 'the split write goes to the secondary disk where no overlay holds the sectors',
    log: 'a-failed-failover-splits-writes',
    file: 'replication.ts',
    text: "const isAllocated = layerOf(split.node, sector) !== 'secondary';",
    replacement: 'const isAllocated = true;',
  },
  {
    prediction: 'cutsWrite: new clusters before a failing run are not linked',
    log: 'a-guest-write-fails-at-the-end-of-a-new-run',
    file: 'writes.ts',
    text: 'runs.slice(0, failing + 1)',
    replacement: '[]',
  },
  {
    prediction: 'cutsCopy: a copy that fails saves nothing',
    log: 'a-copy-fails-and-saves-nothing',
    file: 'jobs.ts',
    text: 'of saved) {',
    replacement: 'of copies) {',
  },
  {
    prediction: 'leaves: a failed commit has written the guest view',
    log: 'a-commit-fails-at-one-unit',
    file: 'jobs.ts',
    text: 'const content = isUnreadable(node, range) ? null : guestView(node, range);',
    replacement:
      'const content = isUnreadable(node, range) ? null : node.secondary.slice(range.sector, endOf(range));',
  },
  {
    prediction: 'leaves: a unit with a write-bad sector is not written',
    log: 'a-commit-fails-at-one-unit',
    file: 'jobs.ts',
    text: "if (content === null || isBad(node, 'secondary', 'write', range)) return { node, outcome: eio };",
    replacement: 'if (content === null) return { node, outcome: eio };',
  },
  {
    prediction: 'endsAtOnce: a commit with nothing to write succeeds',
    log: 'a-commit-has-nothing-to-write',
    file: 'replication.ts',
    text: "stage: 'done', error: false, committed: true",
    replacement: "stage: 'done', error: true, committed: true",
  },
  {
    prediction: 'endsAtOnce: a commit that cannot read fails',
    log: 'a-commit-that-cannot-read-ends-at-once',
    file: 'jobs.ts',
    text: 'isUnreadable(node, range) ? null : guestView(node, range)',
    replacement: 'guestView(node, range)',
  },
  {
    prediction: 'reconnects: nothing gets through while the peer is gone',
    log: 'a-peer-dies-and-is-back',
    file: 'replication.ts',
    text: "return node.link === 'dead' || (",
    replacement: 'return (',
  },
  {
    prediction: 'reconnects: what is written after the peer is back reaches it at last',
    log: 'a-peer-dies-and-is-back',
    file: 'replication.ts',
    text: "(node.link === 'reconnecting' && !qemu.reconnects(node))",
    replacement: "node.link === 'reconnecting'",
  },
])('$prediction', ({ log, file, text, replacement }) => {
  test(`explains ${log} as it is`, () => {
    expect(firstDifference(log, step)).toBeNull();
  });

  test(`does not explain it with ${file} broken`, async () => {
    expect(firstDifference(log, await brokenStep(file, text, replacement))).not.toBeNull();
  });
});
