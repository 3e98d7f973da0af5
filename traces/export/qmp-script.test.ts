/** Exported scripts: each (all of them in qmp-script.long.test.ts) plays its trace on a bare QEMU and says so, and notices when the expectation is wrong. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { writeExport } from './export-file.ts';
import { exportQmpScript } from './qmp-script.ts';
import { crowded, runScript, scriptTraces, uncertain } from './testing/bare-qemu.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { readTrace } from '../format/trace-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('on a bare QEMU', () => {
  test.each(scriptTraces.filter((_, place) => place % 10 === 0))(
    '%s does what is expected',
    async (name, path) => {
      const { code, said } = await runScript(folder, name, exportQmpScript(readTrace(path), path));
      expect(code, said).toBe(0);
      expect(said).toContain('QEMU does what was expected');
    },
  );

  test('a wrong expectation is a difference', async () => {
    const path = 'traces/saved/deviations/failed-start-runs.json';
    const script = exportQmpScript(readTrace(path), path);
    const wrong = script.replace('Failed to empty active: Input/output error', 'no error at all');
    expect(wrong).not.toBe(script);
    const { code, said } = await runScript(folder, 'wrong', wrong);
    expect(code).toBe(1);
    expect(said).toContain('1 differences');
  });
});

test('without QEMU the script says what is missing', async () => {
  const [, path] = scriptTraces[0] ?? ['', ''];
  const { code, said } = await runScript(folder, 'missing', exportQmpScript(readTrace(path), path), {
    QEMU: 'no-such-qemu',
  });
  expect(code).toBe(3);
  expect(said).toContain('no-such-qemu and qemu-img are needed');
});

test('what no command of QEMU does is refused in one line', () => {
  const lost = 'traces/saved/unreachable/lost-backup-job.json';
  expect(() => exportQmpScript(readTrace(lost), lost)).toThrow(
    `${lost}: operations[3] is endJob: no command of QEMU does that. Mark it "skip": true.`,
  );
  expect(() => exportQmpScript(readTrace(uncertain), uncertain)).toThrow(
    `${uncertain}: operations[4] is restoreLink: an open node finds its link again at no certain time. Close it before.`,
  );
  for (const path of crowded)
    expect(() => exportQmpScript(readTrace(path), path)).toThrow(
      /operations\[1[23]\] is primaryWrite while a commit has 16 requests in flight: QEMU answers it when/,
    );
  const far = soundTrace.setup.nodes.map((node) => {
    return { ...node, geometry: { ...node.geometry, gaps: [{ sector: 4, sectors: 2 ** 20 }] } };
  });
  expect(() => exportQmpScript({ ...soundTrace, setup: { nodes: far } }, 'x.json')).toThrow(
    'x.json: setup.nodes[0].geometry.gaps: the disks of a script have no gaps. Leave them out, or play it with --on qemu.',
  );
  expect(() => exportQmpScript(soundTrace, 'x.json')).toThrow(
    'x.json: setup.nodes[0].geometry.sectorBytes is 8: QEMU has sectors of 512 bytes. Record the trace with --system qemu.',
  );
});

test('a folder that cannot be written is reported', () => {
  expect(() => writeExport(join(folder, 'none', 'x.py'), [''])).toThrow(
    /^cannot write .*none\/x\.py: ENOENT/,
  );
});
