/** Campaigns on adapters: the examples pass, wrong ones are refused with a minimal case, and what is lost is found. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import type { Statistics } from './campaign.ts';
import { runCampaign } from './campaign.ts';
import { missingCells } from '../coverage/coverage-table.ts';
import { reachableCells } from '../coverage/reachable-cells.ts';
import { connectSubject } from '../subjects/subjects.ts';
import type { Subject } from '../subjects/subject.ts';

const examples = join(import.meta.dirname, '../../impl/exec/examples');
const options = {
  seed: 1,
  casesMax: 300,
  secondsMax: Infinity,
  operationsMax: 60,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 1,
} as const;
const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-exec-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Null where the program is there; else it is said what is skipped. */
function reasonToSkip(program: string): string | null {
  if (spawnSync(program, ['--version']).status === 0) return null;
  const reason = `there is no ${program}: tests of the adapter that needs it are skipped`;
  console.warn(reason);
  return reason;
}

async function campaign(
  command: string,
  changes: Partial<Parameters<typeof runCampaign>[1]> = {},
  look: (subject: Subject, statistics: Statistics) => void = () => {},
): Promise<Statistics> {
  const subject = await connectSubject(`exec:${command}`, { timeoutMs: 3000 });
  try {
    const statistics = await runCampaign(subject, { ...options, ...changes }, silent);
    look(subject, statistics);
    return statistics;
  } finally {
    await subject.shutdown().catch(() => {});
  }
}

function expectAgreement({ findings, trouble }: Statistics): void {
  expect(trouble).toBeNull();
  expect(findings.map(({ signature }) => signature)).toEqual([]);
}

const noPython = reasonToSkip('python3');

describe.skipIf(noPython !== null)('the example in Python', () => {
  test('agrees with the model wherever it can be brought to', async () => {
    const statistics = await campaign(
      `python3 ${examples}/secondary.py`,
      { casesMax: 2000 },
      (subject, { coverage }) => {
        expect(missingCells(reachableCells(subject.capabilities), coverage.list())).toEqual([]);
      },
    );
    expectAgreement(statistics);
    expect(statistics.cases).toBe(2000);
    expect(statistics.coverage.operations).toBeGreaterThan(50_000);
  });

  test.each([
    ['no-copy', /^observation-primaryWrite-running-(view|hidden)$/, 3],
    ['copy-forgets-the-rest', /^observation-primaryWrite-running-hidden$/, 3],
    ['checkpoint-keeps-the-bitmap', /^observation-primaryWrite-running-(view|hidden)$/, 5],
    ['fill-from-the-secondary-disk', /^observation-guestWrite-running-(view|active)$/, 4],
    ['commit-of-active-alone', /^observation-(commitSettle|close)-failover-(view|secondary)$/, 5],
    ['stop-merges', /^outcome-stop-running-error-ok$/, 3],
    ['silent-error', /^outcome-getError-failover-error-ok$/, 4],
  ])('is refused when it is wrong: %s', async (name, signature, operations) => {
    const { findings } = await campaign(`python3 ${examples}/wrong.py ${name}`);
    expect(findings[0]?.signature).toMatch(signature);
    expect(findings[0]?.minimal.operations).toHaveLength(operations);
  });

  test('is looked at only at the end of each case where the comparison is sampled, and still located', async () => {
    expectAgreement(await campaign(`python3 ${examples}/secondary.py`, { depth: 'sampled' }));
    const { findings } = await campaign(`python3 ${examples}/wrong.py no-copy`, { depth: 'sampled' });
    expect(findings[0]?.minimal.operations).toHaveLength(3);
  });

  test('is found where it dies, with the campaign going on, and its other faults with it', async () => {
    const path = join(folder, 'dies.py');
    writeFileSync(
      path,
      `import os, sys
sys.path.insert(0, ${JSON.stringify(examples)})
from secondary import Secondary, answer
class Dies(Secondary):
    def checkpoint(self):
        if self.stage == "running" and 9 in self.active: os._exit(5)
        return super().checkpoint()
    def getError(self):
        return "ok"
answer(Dies, "dies.py")
`,
    );
    const { findings, cases } = await campaign(`python3 ${path}`, { casesMax: 120, findingsMax: 9 });
    const lost = findings.find(({ signature }) => signature === 'lost-checkpoint-running-crash');
    expect(lost?.minimal.operations.map(({ op }) => op)).toEqual([
      'open',
      'start',
      'guestWrite',
      'checkpoint',
    ]);
    expect(lost?.divergence).toMatchObject({
      detail: expect.stringContaining('exit code 5 before it answered'),
    });
    expect(findings.map(({ signature }) => signature)).toContain('outcome-getError-none-error-ok');
    expect(cases).toBe(120);
  });

  test('ends the campaign when it breaks the protocol, and what was found until then is reported', async () => {
    const path = join(folder, 'garbage.py');
    writeFileSync(
      path,
      `import sys
sys.path.insert(0, ${JSON.stringify(examples)})
from secondary import Secondary, answer
class Garbage(Secondary):
    def getError(self):
        return "ok"
    def stop(self, failover):
        return "perhaps" if 5 in self.hidden else super().stop(failover)
answer(Garbage, "garbage.py")
`,
    );
    const { findings, trouble, ended, cases } = await campaign(`python3 ${path}`, { findingsMax: 9 });
    expect(ended).toBe('trouble');
    expect(trouble).toBeInstanceOf(AdapterError);
    expect(trouble?.message).toMatch(
      /: request \d+ \(run of \d+ operations\): operations\[\d+\] \["stop",\w+\]: perhaps is no/,
    );
    expect(findings.map(({ signature }) => signature)).toContain('outcome-getError-none-error-ok');
    expect(cases).toBeGreaterThan(0);
  });
});

const noCompiler = reasonToSkip('gcc');

test.skipIf(noCompiler !== null)('the example in C agrees with the model', async () => {
  const binary = join(folder, 'secondary');
  const built = spawnSync(
    'gcc',
    ['-O2', '-Wall', '-Wextra', '-Werror', '-o', binary, `${examples}/secondary.c`],
    {
      encoding: 'utf8',
    },
  );
  expect(built.stderr).toBe('');
  const statistics = await campaign(
    binary,
    { casesMax: 4000, operationsMax: 100 },
    (subject, { coverage }) => {
      expect(missingCells(reachableCells(subject.capabilities), coverage.list())).toEqual([]);
    },
  );
  expectAgreement(statistics);
});
