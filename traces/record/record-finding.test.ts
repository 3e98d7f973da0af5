/** What is kept of a finding: in the trace, on the screen and on the page. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import { initialState } from '../../model/node.ts';
import { lostAt } from '../../properties/comparison/lost-system.ts';
import type { Finding } from '../../properties/campaign/campaign.ts';
import { recordFinding } from './record-finding.ts';
import { readTrace } from '../format/trace-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finding-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { capabilities } = createEfficientSystem();
const of = { name: 'qemu', option: 'qemu', settings: ['--qemu', 'builds/qemu'], capabilities };
const setup = { nodes: [fourClusters] };

/** A process that was lost at its first operation. */
function lostWith(stderr: string, context: readonly string[]): Finding {
  const lost = new SystemLost('hang', 'QEMU hung: no answer', stderr, context);
  const operation = { op: 'open' } as const;
  return {
    minimal: { setup, operations: [operation] },
    divergence: lostAt(initialState(setup), 0, operation, lost),
    candidates: 3,
    thoroughness: 'halving',
    complete: true,
    signature: 'lost-open-closed-hang',
    originalOperations: 7,
    caseIndex: 5,
  };
}

test('the last words and the state of a process that was lost', () => {
  const finding = lostWith("qemu: starts\u001b[2J\nqemu: block.c:7: Assertion `x' failed.\n", [
    'requests held: none',
    'block graph as seen last:',
    '  rep: file active',
  ]);
  const { path, text } = recordFinding(of, finding, 1, folder);
  expect(readTrace(path).found).toMatchObject({
    lastWords: ['qemu: starts\\u001b[2J', "qemu: block.c:7: Assertion `x' failed."],
    circumstances: ['requests held: none', 'block graph as seen last:', '  rep: file active'],
  });
  expect(text).toContain(
    "qemu said last:\n| qemu: starts\\u001b[2J\n| qemu: block.c:7: Assertion `x' failed.\n",
  );
  expect(text).toContain('requests held: none\nblock graph as seen last:\n  rep: file active\n');
  expect(text).toContain(`replay: npm run replay -- ${path} --system qemu --qemu builds/qemu`);
  const page = readFileSync(path.replace('.json', '.html'), 'utf8');
  expect(page).toContain('Assertion `x');
  expect(page).toContain('--system qemu --qemu builds/qemu');
});
