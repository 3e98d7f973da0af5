/** Runs that are written as logs, and judged again. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { checkpoint, fourClusters, guestRead, primaryWrite, started } from '../../model/testing/scenario.ts';
import { runAsyncLockstep } from '../../properties/lockstep/async-lockstep.ts';
import { TraceError } from '../format/trace-error.ts';
import { judgeLogs } from './judge-command.ts';
import { LogFile } from './log-file.ts';
import { connectRecorded, RecordingSystem } from './recording-system.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-recorded-'));
  path = join(folder, 'deep/a.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const testCase = {
  setup: { nodes: [fourClusters] },
  operations: [...started, primaryWrite(0, 2), guestRead(0, 2), checkpoint],
};

async function judgement(): Promise<string[]> {
  const printed: string[] = [];
  await judgeLogs([path], { comparison: null, json: false }, (text) =>
    printed.push(text.replace(path, 'a.log')),
  );
  return printed;
}

describe('a run that is recorded', () => {
  test('is judged again with the same verdict', async () => {
    const subject = await connectRecorded('impl', {}, path);
    expect(await subject.judge(testCase, 'full')).toBeNull();
    expect(await subject.judge(testCase, 'full')).toBeNull();
    await subject.shutdown();
    expect(await judgement()).toEqual([
      '2 cases, 10 steps judged: all as the model allows (comparison: qemu)',
    ]);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^\{"format":"colocheck-log","version":1,"system":"impl","control":"driver","commit":"stepped","comparison":"qemu"\}\n\{"setup":/,
    );
  });

  test('ends where the system differed, and so does the judgement', async () => {
    const subject = await connectRecorded('mutant:no-copy-before-a-write', {}, path);
    expect(await subject.judge(testCase, 'full')).toMatchObject({ index: 2, part: 'view' });
    await subject.shutdown();
    expect((await judgement())[0]).toMatch(
      /^a\.log:8: step 3 \(primaryWrite sector 0 tag 2\): view at sector 0 is 2 in /,
    );
  });

  test('keeps the comparison that it was run with', async () => {
    const subject = await connectRecorded('impl', { comparison: 'document' }, path);
    await subject.judge(testCase, 'full');
    await subject.shutdown();
    expect((await judgement())[0]).toContain('(comparison: document)');
  });

  test.each([
    ['load', /^a\.log:4: step 1 \(open\): impl was lost \(hang\): gone$/],
    ['apply', /^a\.log:4: step 1 \(open\): impl was lost \(hang\): gone$/],
    ['observe', /^a\.log:4: step 1 \(open\): impl was lost \(hang\): gone$/],
  ] as const)('of a system that is lost in %s says so', async (method, told) => {
    const lost = () => Promise.reject(new SystemLost('hang', 'gone'));
    const system: AsyncSystem = guardSystem(createEfficientSystem());
    system[method] = lost;
    const recording = new RecordingSystem(system, 'qemu', new LogFile(path));
    expect(await runAsyncLockstep(recording, testCase)).toMatchObject({ kind: 'lost', index: 0 });
    await recording.shutdown();
    expect((await judgement())[0]).toMatch(told);
  });

  test.each(['finish', 'unload'] as const)(
    'of a system that is lost in %s when the case is taken down says so',
    async (method) => {
      const system: AsyncSystem = guardSystem(createEfficientSystem());
      const lost = (): Promise<never> => Promise.reject(new SystemLost('refusal', 'it stays'));
      system[method] = lost;
      const recording = new RecordingSystem(system, 'qemu', new LogFile(path));
      const found = await runAsyncLockstep(recording, testCase);
      expect(found).toMatchObject({ kind: 'lost', index: 4, isAtEnd: true });
      await recording.shutdown();
      const [told, count] = await judgement();
      expect(told).toMatch(/impl was lost when the case was taken down \(refusal\): it stays$/);
      expect(count).toMatch(/^1 case, 5 steps judged: 1 case differs/);
    },
  );

  test('has an answer without what was shown where nobody looked', async () => {
    const recording = new RecordingSystem(guardSystem(createEfficientSystem()), 'qemu', new LogFile(path));
    await recording.load(testCase.setup, testCase.operations);
    for (const operation of testCase.operations) await recording.apply(operation);
    await recording.shutdown();
    expect(await judgement()).toEqual(['1 case, 5 steps judged: all as the model allows (comparison: qemu)']);
  });

  test('begins with a log that can be written, and a system that is there', async () => {
    await expect(connectRecorded('impl', {}, folder)).rejects.toThrow(TraceError);
    await expect(connectRecorded(`module:${folder}/none.ts`, {}, path)).rejects.toThrow('none.ts');
  });

  test('on a disk that is full is an error', async () => {
    const subject = await connectRecorded('impl', {}, '/dev/full');
    await subject.judge(testCase, 'full');
    await expect(subject.shutdown()).rejects.toThrow(
      /^cannot write \/dev\/full: ENOSPC: .*\. Name a file that can be written\.$/,
    );
  });
});
