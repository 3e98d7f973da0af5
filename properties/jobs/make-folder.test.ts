/** Folders are made where they can be, and an error comes back where they cannot. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

test('folders within folders are made, and those that are there are kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-make-folder-'));
  try {
    makeFolder(join(folder, 'a', 'b'));
    makeFolder(join(folder, 'a', 'b'));
    expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('where none can be made an error comes back at once', () => {
  expect(() => makeFolder('/proc/none/a')).toThrow('ENOENT');
  expect(() => makeFolder('/dev/null/a')).toThrow('ENOTDIR');
});
