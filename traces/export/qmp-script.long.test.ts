/** Exported scripts of all recorded traces: each plays its trace on a bare QEMU and says so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { readTrace } from '../format/trace-file.ts';
import { exportQmpScript } from './qmp-script.ts';
import { runScript, scriptTraces } from './testing/bare-qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('on a bare QEMU', () => {
  test.each(scriptTraces)('%s does what is expected', async (name, path) => {
    const { code, said } = await runScript(folder, name, exportQmpScript(readTrace(path), path));
    expect(code, said).toBe(0);
    expect(said).toContain('QEMU does what was expected');
  });
});
