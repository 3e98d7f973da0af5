/** Adapters judged by the design document: whole cases played ahead, and what is shown only at the end of each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Depth } from '../../impl/system.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { Statistics } from '../campaign/campaign.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { connectSubject } from '../subjects/subjects.ts';

const examples = join(import.meta.dirname, '../../impl/exec/examples');
const folder = mkdtempSync(join(tmpdir(), 'colocheck-exec-documented-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A stop flushes, a healthy failover is no error, and an early checkpoint is refused in the words of the other calls. */
const documented = join(folder, 'documented.py');
writeFileSync(
  documented,
  `import sys
sys.path.insert(0, ${JSON.stringify(examples)})
from secondary import Secondary, answer, NOT_RUNNING
class Documented(Secondary):
    def stop(self, failover):
        was = self.stage
        outcome = super().stop(True)
        if was == "running":
            self.error = False
            if not failover:
                self.commitSettle(0)
        return outcome
    def checkpoint(self):
        return NOT_RUNNING if self.stage == "none" else super().checkpoint()
answer(Documented, "documented.py")
`,
);

async function campaign(command: string, comparison: ComparisonMode, depth: Depth): Promise<Statistics> {
  const subject = await connectSubject(`exec:${command}`, { timeoutMs: 5000, comparison });
  const limits = { seed: 1, casesMax: 300, secondsMax: Infinity, operationsMax: 60, findingsMax: 1 };
  const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };
  try {
    return await runCampaign(subject, { ...limits, geometry: 'mixed', depth }, silent);
  } finally {
    await subject.shutdown();
  }
}

/** Null where Python is there; else it is said what is skipped. */
function reasonToSkip(): string | null {
  if (spawnSync('python3', ['--version']).status === 0) return null;
  const reason = 'there is no python3: tests of the adapters in it are skipped';
  console.warn(reason);
  return reason;
}

describe.skipIf(reasonToSkip() !== null).each(['full', 'sampled'] as const)('an adapter, %s', (depth) => {
  test('that does as QEMU does agrees with both', async () => {
    for (const comparison of ['qemu', 'document'] as const) {
      const { findings, cases } = await campaign(`python3 ${examples}/secondary.py`, comparison, depth);
      expect([findings, cases]).toEqual([[], 300]);
    }
  });

  test('that does as the document says agrees with the document alone', async () => {
    expect((await campaign(`python3 ${documented}`, 'qemu', depth)).findings).toHaveLength(1);
    const { findings, coverage } = await campaign(`python3 ${documented}`, 'document', depth);
    expect(findings.map(({ signature }) => signature)).toEqual([]);
    expect([...coverage.documented.keys()].toSorted((left, right) => left.localeCompare(right))).toEqual([
      'checkpoint-without-start',
      'healthy-failover-reports-an-error',
      'stop-without-failover-always-errors',
    ]);
  });

  test.each(['no-copy', 'checkpoint-keeps-the-bitmap', 'commit-of-active-alone', 'stop-merges'])(
    'that is wrong is refused by the document, too: %s',
    async (name) => {
      const { findings } = await campaign(`python3 ${examples}/wrong.py ${name}`, 'document', depth);
      expect(findings).toHaveLength(1);
    },
  );
});
