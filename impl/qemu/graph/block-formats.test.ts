/** What a lean build of QEMU lacks is left out and reported, or ends the run with one line. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../environment-error.ts';
import { defects } from '../../../model/vocabulary.ts';
import { defectsLeftOut } from './block-formats.ts';
import { connectQemuSystem } from '../connect-qemu.ts';
import { reasonToSkip } from '../testing/qemu-required.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'formats-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const ALL = 'blkdebug copy-before-write file nbd null-co qcow2 qed quorum raw replication vmdk';

/** A binary that lists these formats, behind a warning, and ends as QEMU does after a list. */
function built(formats: string): string {
  const path = join(directory, 'qemu');
  writeFileSync(path, `#!/bin/sh\necho "a warning"\necho "Supported formats: ${formats}"\nexit 1\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a build that has all is given all', async () => {
  const lines: string[] = [];
  const system = await connectQemuSystem({ binary: built(ALL) }, (line) => lines.push(line));
  expect(system.capabilities.defects).toEqual(defects);
  expect(lines).toEqual([]);
});

test('the defects that need a missing format are left out, and reported in one line', async () => {
  const lines: string[] = [];
  const binary = built(ALL.replace(' null-co', '').replace(' qed', ''));
  const system = await connectQemuSystem({ binary }, (line) => lines.push(line));
  const left = [
    'makeEmptyUnsupported',
    'hiddenCannotBeEmptied',
    'hiddenWriteUnshared',
    'secondaryWriteUnshared',
    'secondaryBusy',
  ];
  expect(defects.filter((defect) => !system.capabilities.defects.includes(defect)).toSorted()).toEqual(
    left.toSorted(),
  );
  expect(lines).toEqual([
    `${binary} was built without qed, null-co: the defects ${left.join(', ')} are left out`,
  ]);
});

test('a build without what every case is made of cannot be used', async () => {
  const asked = defectsLeftOut(built(ALL.replace(' quorum', '')));
  await expect(asked).rejects.toThrow(EnvironmentError);
  await expect(asked).rejects.toThrow(/was built without the block drivers quorum; use a build/);
});

test('a binary that lists nothing, or is not there, is reported where it is started', async () => {
  expect(await defectsLeftOut('true')).toEqual([]);
  expect(await defectsLeftOut('no-such-qemu')).toEqual([]);
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('the real QEMU', () => {
  test('says what it has', async () => {
    expect(await defectsLeftOut('qemu-system-x86_64')).toEqual([]);
  });
});
