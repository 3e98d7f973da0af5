/** A QEMU that misbehaves: each way is a finding of the case in which it happens, and nothing is thrown. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endLiars, lyingQemu } from '../../impl/qemu/testing/lying-qemu.ts';
import { smallSetup, STARTED } from '../../impl/qemu/testing/qemu-fixture.ts';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { runAsyncLockstep } from '../lockstep/async-lockstep.ts';
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import { circumstancesOf, describeDivergence } from '../lockstep/failure-report.ts';

const skipReason = await reasonToSkip();

let directory: string;
let system: AsyncSystem | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lying-'));
});

afterEach(async () => {
  await system?.shutdown();
  endLiars(directory);
  rmSync(directory, { recursive: true });
});

const testCase: Case = { setup: smallSetup(), operations: [...STARTED, { op: 'checkpoint' }] };

/** Once, at the command for which `condition` holds; whatever comes after that is answered truly. */
function once(condition: string, answer: string): string {
  return `(asked, answer, act) => (${condition}) && act.isFirst() ? ${answer} : answer`;
}

const refused = "JSON.stringify({ id: asked.id, error: { class: 'GenericError', desc: 'no, thank you' } })";

describe.skipIf(skipReason !== null)('a QEMU that', () => {
  const started = "asked.execute === 'xen-colo-do-checkpoint'";
  test.each([
    [
      'says what is no JSON',
      once(started, "'}{'"),
      'lost-checkpoint-running-nonsense',
      /said what cannot be understood: QMP: cannot understand \}\{/,
    ],
    [
      'answers with what no schema expects',
      once(
        "asked.execute === 'query-xen-replication-status'",
        "JSON.stringify({ id: asked.id, return: { error: 'perhaps' } })",
      ),
      'lost-open-closed-nonsense',
      /query-xen-replication-status answered \{"error":"perhaps"\}: /,
    ],
    [
      'refuses an export',
      once("asked.execute === 'block-export-add' && asked.arguments.name === 'rep'", refused),
      'lost-open-closed-refusal',
      /refused what must succeed: QMP block-export-add of rep: no, thank you/,
    ],
    [
      'refuses what cannot fail',
      once("asked.execute === 'x-debug-query-block-graph'", refused),
      'lost-open-closed-refusal',
      /QMP x-debug-query-block-graph: no, thank you/,
    ],
    [
      'says no more and lives',
      once(started, '(act.hangUp(), null)'),
      'lost-checkpoint-running-hang',
      /hung: QMP: no answer for \d+ ms/,
    ],
    [
      'keeps a node when the case is taken down',
      once("asked.execute === 'blockdev-del' && asked.arguments['node-name'] === 'active'", refused),
      'lost-unload-running-refusal',
      /QMP blockdev-del: no, thank you/,
    ],
    [
      'dies when the case is taken down',
      once("asked.execute === 'blockdev-del'", "(act.die('SIGSEGV', ''), null)"),
      'lost-unload-running-crash',
      /crashed: signal SIGSEGV/,
    ],
  ])('%s is a finding of this case, and the next one runs', async (_, lie, signature, sentence) => {
    system = createQemuSystem({ binary: lyingQemu(directory, lie), stallMs: 4000 });
    const found = await runAsyncLockstep(system, testCase);
    if (found === null) throw new Error('nothing was found');
    expect(signatureOf(found)).toBe(signature);
    expect(describeDivergence('qemu', found)).toMatch(sentence);
    expect(await runAsyncLockstep(system, testCase)).toBeNull();
  });

  test('dies of another assertion than the one that is known is a finding, with its last words', async () => {
    const words = "qemu: block.c:1: bdrv_x: Assertion `false' failed.";
    const second = 'asked.execute === "xen-set-replication" && asked.arguments.primary === false';
    const lie = once(second, `(act.die('SIGABRT', ${JSON.stringify(`${words}\n`)}), null)`);
    system = createQemuSystem({ binary: lyingQemu(directory, lie) });
    const found = await runAsyncLockstep(system, testCase);
    expect(found).toMatchObject({ kind: 'lost', how: 'crash', lastWords: [words] });
    if (found !== null) expect(circumstancesOf('qemu', found)).toEqual(['qemu said last:', `| ${words}`]);
  });

  test('hangs is reported with the graph as it was seen last', async () => {
    system = createQemuSystem({ binary: lyingQemu(directory, once(started, 'null')), stallMs: 1000 });
    const found = await runAsyncLockstep(system, testCase);
    if (found === null) throw new Error('nothing was found');
    expect(signatureOf(found)).toBe('lost-checkpoint-running-hang');
    const told = circumstancesOf('qemu', found);
    expect(told.slice(0, 2)).toEqual(['requests held: none', 'block graph as seen last:']);
    expect(told).toContainEqual(
      expect.stringMatching(/^  rep: file active, hidden disk hidden, secondary disk #block/),
    );
    expect(told).toContainEqual(expect.stringMatching(/^  block-backend 3: root rep$/));
  });
});
