/** Saves what an exhaustive search found: the shortest counterexample, and the shortest way to each goal. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../properties/cases/case.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { buildFailureReport, describeDivergence } from '../../properties/lockstep/failure-report.ts';
import { printFailure } from '../../properties/lockstep/failure-text.ts';
import { recordedOf } from '../replay/recorded.ts';
import { saveFailure } from '../replay/failure-folder.ts';
import { lossOf } from './record-finding.ts';
import type { RecordedFailure } from './record-finding.ts';
import { replayCommand } from '../format/replay-command.ts';
import type { ViewedSystem } from '../view/viewed-run.ts';
import { pageLine } from '../view/write-view.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';
import { readTrace, writeTrace } from '../format/trace-file.ts';

/** `found` says how it was found. Writes the trace to `folder` and says where. Throws a `TraceError` where the folder cannot be written. */
export function recordCounterexample(
  of: ViewedSystem,
  found: string,
  testCase: Case,
  divergence: Divergence,
  folder: string,
): RecordedFailure {
  const saved = saveFailure(folder, {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    signature: signatureOf(divergence),
    expects: 'divergence',
    comparison: of.comparison ?? 'qemu',
    found: {
      system: of.name,
      divergence: describeDivergence(of.name, divergence),
      step: divergence.index,
      ...lossOf(divergence),
    },
    recorded: recordedOf(testCase, divergence),
    setup: testCase.setup,
    operations: testCase.operations,
  });
  const { path } = saved;
  const page = pageLine(saved, of, testCase, divergence);
  const history = [found, `trace:  ${path}`, page, replayCommand(path, of)].join('\n');
  return { path, text: printFailure(buildFailureReport(of.name, testCase, divergence, history)) };
}

/** Keeps the witness that is there, unless it is longer. Returns its path. */
export function recordWitness(goal: string, about: string, testCase: Case, folder: string): string {
  const path = join(folder, `${goal}.json`);
  if (existsSync(path) && readTrace(path).operations.length <= testCase.operations.length) return path;
  writeTrace(path, {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    note: `The shortest way to a goal of the search: ${about}.`,
    expects: 'agreement',
    comparison: 'qemu',
    setup: testCase.setup,
    operations: testCase.operations,
  });
  return path;
}
