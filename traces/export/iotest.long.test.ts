/**
 * Tests for QEMU's own tree: each deviation's prints on the real binary what its file of expected output holds, but for those
 * that the binary does not have. QEMU_PROG and QEMU_IMG_PROG name another one than the installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { listTraces } from '../replay/failure-folder.ts';
import { exportIotest } from './iotest.ts';
import { readTrace } from '../format/trace-file.ts';
import { probeQemu } from '../profile/profile-probe.ts';

const folder = mkdtempSync(join(tmpdir(), 'iotests-'));
afterAll(() => rmSync(folder, { recursive: true }));

const traces = listTraces('traces/saved/deviations').map((path) => [basename(path, '.json'), path] as const);

function printed(path: string): { readonly printed: string; readonly expected: string } {
  const { name, program, expected } = exportIotest(readTrace(path), path);
  const file = join(folder, name);
  writeFileSync(file, program);
  const { stdout, stderr } = spawnSync('python3', [file], { encoding: 'utf8', timeout: 60_000 });
  return { printed: `${stdout}${stderr}`, expected };
}

test('there is one for each deviation, in the shape that the tests of QEMU have', () => {
  expect(traces).toHaveLength(27);
  for (const [name, path] of traces) {
    const { name: own, program, expected } = exportIotest(readTrace(path), path);
    expect(own).toBe(`replication-${name}`);
    expect(program.split('\n').slice(0, 2)).toEqual(['#!/usr/bin/env python3', '# group: rw']);
    expect(expected.split('\n').length).toBeGreaterThan(4);
  }
});

test('what is expected stands in the file beside the program alone', () => {
  const path = 'traces/saved/deviations/checkpoint-without-start.json';
  const { program, expected } = exportIotest(readTrace(path), path);
  expect(expected).toContain('error Backup job was cancelled unexpectedly');
  expect(program).not.toContain('Backup job was cancelled unexpectedly');
});

const skipReason = await reasonToSkip();
const binary = process.env['QEMU_PROG'];
const mended: readonly string[] = binary === undefined ? [] : (await probeQemu(binary)).mended;

describe.skipIf(skipReason !== null)('on the real QEMU', () => {
  test.each(traces)('%s prints what is expected', (name, path) => {
    const { printed: said, expected } = printed(path);
    if (mended.includes(name)) expect(said).not.toBe(expected);
    else expect(said).toBe(expected);
  });

  test('what QEMU does otherwise is printed otherwise', () => {
    const path = 'traces/saved/deviations/checkpoint-without-start.json';
    const { printed: said, expected } = printed(path);
    expect(said).not.toBe(expected.replace('Backup job was cancelled unexpectedly', 'no error at all'));
  });
});
