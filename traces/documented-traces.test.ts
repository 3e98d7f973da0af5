/** What was found where the design document was the judge: how it is told, saved, and judged again. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeClass } from '../impl/efficient/case-memory.ts';
import { OK } from '../impl/efficient/outcomes.ts';
import { createExecSystem } from '../impl/exec/exec-system.ts';
import { createVariant } from '../impl/documented/variant.ts';
import { documentedVariants } from '../impl/documented/variants.ts';
import { runCampaign } from '../properties/campaign.ts';
import type { Finding } from '../properties/campaign.ts';
import { syncSubject } from '../properties/subject.ts';
import { listTraces } from './failure-folder.ts';
import { findingTrace, recordFinding } from './record-finding.ts';
import { judgeRecorded } from './recorded.ts';
import { replay, replayTraceFile } from './replay.ts';
import { reshrink } from './reshrink.ts';
import { readTrace, writeTrace } from './trace-file.ts';

const root = join(import.meta.dirname, '..');

/** Follows the document everywhere, and loses guest writes once it has reported an error. */
const forgetful = createVariant('forgetful', [
  ...documentedVariants,
  {
    deviation: '',
    way: '',
    node: (Base: NodeClass): NodeClass =>
      class extends Base {
        override writeActive(...request: Parameters<InstanceType<NodeClass>['writeActive']>) {
          return this.stage === 'running' && this.errorFlag ? OK : super.writeActive(...request);
        }
      },
  },
]);
const subject = syncSubject(forgetful, 'impl', 'document');

async function search(): Promise<Finding> {
  const options = { seed: 2, casesMax: 3000, secondsMax: Infinity, operationsMax: 60, findingsMax: 1 };
  const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };
  const { findings } = await runCampaign(subject, { ...options, geometry: 'mixed', depth: 'full' }, silent);
  const [finding] = findings;
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
}

const finding = await search();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-documented-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a failure by the design document', () => {
  test('tells in which points the system had followed it, and where it went wrong', () => {
    const { adopted = [] } = finding.divergence.documented ?? {};
    expect(adopted.length).toBeGreaterThan(0);
    const { text: report } = recordFinding(subject, finding, 2, folder);
    for (const { name } of adopted) expect(report).toContain(`; documented: ${name}`);
  });

  test('says so in its trace, and is judged so again', async () => {
    recordFinding(subject, finding, 2, folder);
    const [path = ''] = listTraces(folder);
    const trace = readTrace(path);
    expect(trace.comparison).toBe('document');
    const { agreed, data } = await replayTraceFile(path, ({ comparison }) =>
      syncSubject(forgetful, 'impl', comparison),
    );
    expect(agreed).toBe(false);
    expect(data).toMatchObject({
      comparison: 'document',
      step: finding.divergence.index + 1,
      signature: finding.signature,
    });
    const byQemu = await replay(path, trace, syncSubject(forgetful, 'impl'));
    expect(byQemu.data.step).toBeLessThan(finding.divergence.index + 1);
    expect(await reshrink(path, trace, subject, folder)).toContain('forgetful');
  });

  test('keeps what was answered and shown, which is wrong by the document and not before', () => {
    const trace = findingTrace(subject, finding, 2);
    const wrong = judgeRecorded('it', trace);
    expect(wrong.agreed).toBe(false);
    const { recorded } = trace;
    if (recorded === undefined) throw new Error('nothing was recorded');
    const before = { outcomes: recorded.outcomes.slice(0, -1), node: 0, shown: { errorFlag: true } };
    const right = { ...trace, recorded: before };
    expect(judgeRecorded('it', right)).toEqual({
      agreed: true,
      text: expect.stringContaining('is what the design document allows today'),
    });
    expect(judgeRecorded('it', { ...right, comparison: 'qemu' }).agreed).toBe(false);
  });

  test('stands beside one by QEMU of the same signature', () => {
    recordFinding({ ...subject, comparison: 'qemu' }, finding, 2, folder);
    recordFinding(subject, finding, 2, folder);
    expect(listTraces(folder).map((path) => readTrace(path).comparison)).toEqual(['document', 'qemu']);
  });
});

describe('the command line', () => {
  const colocheck = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'cli.ts', ...args], { cwd: root, encoding: 'utf8' });

  test('replays as the trace says, or as it is told', () => {
    const path = join(folder, 'a.json');
    const recorded = readTrace('traces/deviations/failed-copy-reports-nothing.json');
    writeTrace(path, { ...recorded, comparison: 'document' });
    const system = ['--system', 'mutant:a-failed-copy-sets-the-error'];
    const asTold = colocheck('replay', path, ...system);
    expect([asTold.status, asTold.stdout]).toEqual([0, expect.stringContaining('(comparison: document)')]);
    expect(colocheck('replay', path, ...system, '--comparison', 'qemu').status).toBe(1);
  });

  test('campaigns by the document, and says in which points it was followed', () => {
    const args = ['--system', 'mutant:a-failed-copy-sets-the-error', '--cases', '128', '--seed', '1'];
    const { status, stdout } = colocheck('verify', ...args, '--comparison', 'document', '--failures', folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/did as the design document says, .*: failed-copy-reports-nothing \d+/);
    expect(stdout).toContain('agree (comparison: document)');
  });

  test.each([
    [['verify', '--comparison', 'perhaps'], 'Allowed choices are qemu, document.'],
    [['explore', '--comparison', 'document'], 'Allowed choices are qemu.'],
    [['tour', '--comparison', 'document'], 'a tour knows only qemu'],
  ])('refuses %j', (args, reason) => {
    const { status, stderr } = colocheck(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

const script = join(mkdtempSync(join(tmpdir(), 'colocheck-hello-')), 'adapter.cjs');
afterAll(() => rmSync(join(script, '..'), { recursive: true, force: true }));

test.each(['qemu', 'document'] as const)(
  'an adapter is told what its answers are judged by: %s',
  async (comparison) => {
    writeFileSync(
      script,
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, request, comparison } = JSON.parse(line);
      const result = request === 'hello' ? { protocol: 1, name: comparison, version: '', capabilities: {
        operations: ['open', 'start', 'close'], observes: [], modes: ['secondary'],
        geometry: { sectorBytes: 'any', lengthSectorsMax: 64 } } } : null;
      console.log(JSON.stringify({ id, result }));
    });`,
    );
    const system = await createExecSystem({ command: `'${process.execPath}' '${script}'`, comparison });
    expect(system.name).toBe(comparison);
    await system.shutdown();
  },
);
