/** A few rounds of what `.ci/nightly` does a thousand times, and that the rounds see what is left behind. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatTrace } from '../../traces/format/trace-file.ts';
import { soundTrace } from '../../traces/record/sound-trace.ts';
import { brokenFiles, lostFindings, processesWith } from './left-behind.ts';
import { endedRound, rounds } from './random-kills.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-left-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isLinux = process.platform === 'linux';

describe('what is left behind is seen', () => {
  test.runIf(isLinux)('a process', async () => {
    const mark = `colocheck-mark-${process.pid}.`;
    const child = spawn('sleep', ['600'], { env: { ...process.env, COLOCHECK_MARK: mark } });
    await vi.waitFor(() =>
      expect(processesWith(mark)).toEqual([
        { pid: child.pid, command: expect.stringContaining('sleep 600') },
      ]),
    );
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]));
  });

  test('a file that is cut off', () => {
    const text = formatTrace(soundTrace);
    writeFileSync(join(folder, 'a.json'), text);
    writeFileSync(join(folder, 'a.html'), '<html></html>\n');
    writeFileSync(join(folder, 'b.json.7.tmp'), '');
    expect(brokenFiles(folder)).toEqual([]);
    writeFileSync(join(folder, 'b.json'), text.slice(0, -9));
    writeFileSync(join(folder, 'c.html'), '<html>');
    expect(brokenFiles(folder)).toEqual([
      expect.stringContaining('b.json: is not JSON'),
      'c.html is cut off',
    ]);
  });

  test('a finding that was reported', () => {
    const path = join(folder, 'a.json');
    const said = `found: lost-x (${path}); it is played again\ntrace:  ${path}\ntrace:  none.json\n`;
    expect(lostFindings(said)).toEqual(['none.json was named and is not there']);
  });
});

const few = rounds(4, 7, [
  'exec:python3 impl/exec/examples/wrong.py no-copy',
  'mutant:no-copy-before-a-write',
]);

test.runIf(isLinux).each(few)('$signal for the $victim of $system leaves nothing', async (round) => {
  const { wrong } = await endedRound(round, `colocheck-round-${process.pid}-${few.indexOf(round)}.`);
  expect(wrong).toEqual([]);
});
