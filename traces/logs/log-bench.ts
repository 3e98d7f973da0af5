/** Measures how fast a log is judged: written by the model, of a million steps, read and judged by the command. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { observe } from '../../model/observe.ts';
import type { Host } from '../../model/node.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { caseArbitrary } from '../../properties/generation/case-arbitrary.ts';
import { walkOf } from '../../properties/cases/case.ts';
import type { Case } from '../../properties/cases/case.ts';
import { everything } from '../../properties/cases/full-capabilities.ts';
import { smallGeometry } from '../../properties/cases/geometries.ts';
import { judgeLogs } from './judge-command.ts';
import { LogFile } from './log-file.ts';
import { LOG_VERSION } from './log-schema.ts';

const STEPS = 1_000_000;
const OPERATIONS_MAX = 100;
const CASES_AT_ONCE = 200;
const SEED = 20_241;

type Show = (host: Host) => readonly ShownNode[];

const shows: readonly (readonly [name: string, show: Show])[] = [
  ['answers alone', () => []],
  ['what the guest sees', ({ nodes, dead }) => nodes.map((node) => ({ view: observe(node, dead).view }))],
  ['all that can be seen', ({ nodes, dead }) => nodes.map((node) => observe(node, dead))],
];

/** Logs of `steps` steps or a few more, in the folder for temporary files. */
export async function benchLogs(print: (text: string) => void, steps = STEPS): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-bench-'));
  try {
    print('Logs written by the model and judged, 8 sectors of 8 bytes, faults and several nodes included');
    for (const [name, show] of shows) {
      const path = join(folder, 'model.log');
      writeModelLog(path, steps, show);
      const megabytes = Math.round(statSync(path).size / 1e6);
      const { seconds, cpuSeconds, judged, grownBytes } = await measure(path);
      print(
        `  ${name.padEnd(24)} ${thousands(judged / cpuSeconds)} steps a CPU second, ${thousands(judged / seconds)} a second; ${megabytes} MB of log, memory grew by ${Math.round(grownBytes / 1e6)} MB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(path: string) {
  const rssBytes = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const began = performance.now();
  let summary = '';
  await judgeLogs([path], { comparison: null, json: false }, (text) => {
    summary = text;
  });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const judged = Number(/, (\d+) steps judged: all/.exec(summary)?.[1]);
  if (!(judged > 0)) throw new Error(`the measured log is not judged as a whole: ${summary}`);
  const grownBytes = process.memoryUsage.rss() - rssBytes;
  return { seconds, cpuSeconds: (user + system) / 1e6, judged, grownBytes };
}

function thousands(value: number): string {
  return `${Math.round(value / 1000)} k`;
}

/** A log in which a system does as the model predicts. */
export function writeModelLog(path: string, steps: number, show: Show): void {
  const log = new LogFile(path);
  log.write({ format: 'colocheck-log', version: LOG_VERSION, control: 'driver', commit: 'stepped' });
  const arbitrary = caseArbitrary({
    capabilities: everything,
    geometry: smallGeometry,
    operationsMax: OPERATIONS_MAX,
  });
  let written = 0;
  for (let seed = SEED; written < steps; seed++) {
    for (const testCase of fc.sample(arbitrary, { seed, numRuns: CASES_AT_ONCE })) {
      written += writeCase(log, testCase, show);
      if (written >= steps) break;
    }
  }
  log.close();
}

function writeCase(log: LogFile, testCase: Case, show: Show): number {
  const { steps } = walkOf(testCase);
  log.write({ setup: testCase.setup });
  for (const [index, { host, outcome }] of steps.entries()) {
    const operation = testCase.operations[index];
    if (operation === undefined) break;
    const nodes = show(host);
    log.write({ operation });
    log.write(nodes.length === 0 ? { answer: outcome } : { answer: outcome, shown: { nodes } });
  }
  return steps.length;
}
