/** What was found where the design document was the judge: how it is reported, saved, and judged again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NodeClass } from '../../impl/efficient/compare/case-memory.ts';
import { OK } from '../../impl/efficient/node/outcomes.ts';
import { createVariant } from '../../impl/document/variant.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { runCampaign } from '../../properties/campaign/campaign.ts';
import type { Finding } from '../../properties/campaign/campaign.ts';
import { syncSubject } from '../../properties/subjects/subject.ts';
import { listTraces } from './failure-folder.ts';
import { findingTrace, recordFinding } from '../record/record-finding.ts';
import { judgeRecorded } from './recorded.ts';
import { replay, replayTraceFile } from './replay.ts';
import { reshrink } from '../record/reshrink.ts';
import { readTrace } from '../format/trace-file.ts';

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
  const options = { seed: 3, casesMax: 3000, secondsMax: Infinity, operationsMax: 60, findingsMax: 1 };
  const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };
  const { findings } = await runCampaign(subject, { ...options, geometry: 'mixed', depth: 'full' }, silent);
  const [finding] = findings;
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
}

let finding: Finding;
beforeAll(async () => {
  finding = await search();
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-documented-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a failure by the design document', () => {
  test('says in which points the system had followed it, and where it went wrong', () => {
    const { adopted = [] } = finding.divergence.documented ?? {};
    expect(adopted.length).toBeGreaterThan(0);
    const { text: report } = recordFinding(subject, finding, 3, folder);
    // The line of a step that follows two is cut within the name of the second.
    for (const { name } of adopted) expect(report).toMatch(new RegExp(`; documented: .*${name.slice(0, 8)}`));
  });

  test('says so in its trace, and is judged so again', async () => {
    recordFinding(subject, finding, 3, folder);
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
    const trace = findingTrace(subject, finding, 3);
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
    const { found: _, ...unsigned } = right;
    expect(judgeRecorded('it', unsigned).text).toBe(
      'it: all that the system answered and showed is what the design document allows today',
    );
    const closed = { outcomes: before.outcomes, shown: { stage: 'closed' } } as const;
    expect(judgeRecorded('it', { ...right, recorded: closed }).agreed).toBe(false);
  });

  test('stands beside one by QEMU of the same signature', () => {
    recordFinding({ ...subject, comparison: 'qemu' }, finding, 3, folder);
    recordFinding(subject, finding, 3, folder);
    expect(listTraces(folder).map((path) => readTrace(path).comparison)).toEqual(['document', 'qemu']);
  });
});
