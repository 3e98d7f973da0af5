/** Saves what a campaign found as a trace and tells it on one screen, with the command that replays it. */
import type { Finding } from '../properties/campaign.ts';
import { buildFailureReport, describeDivergence } from '../properties/failure-report.ts';
import { printFailure } from '../properties/failure-text.ts';
import { recordedOf } from './recorded.ts';
import { keepFailure } from './keep-failure.ts';
import { TRACE_VERSION } from './trace-schema.ts';
import type { Trace } from './trace-schema.ts';
import type { ViewedSystem } from './view/viewed-run.ts';

/** Writes the trace and its page to `folder` and returns the report. Throws a `TraceError` where the folder cannot be written. */
export function recordFinding(of: ViewedSystem, finding: Finding, seed: number, folder: string): string {
  const { minimal, originalOperations, divergence } = finding;
  const kept = keepFailure(folder, of, divergence, findingTrace(of.name, finding, seed));
  const history = [
    `found in case ${finding.caseIndex} of seed ${seed}; ${originalOperations} operations shrunk to ${minimal.operations.length}: ${minimality(finding)}`,
    ...kept,
  ].join('\n');
  return printFailure(buildFailureReport(of.name, minimal, divergence, history));
}

function minimality({ complete, candidates, thoroughness }: Finding): string {
  if (!complete) return `stopped after ${candidates} candidates, it may not be minimal`;
  const lowered = thoroughness === 'every' ? 'no number lowered' : 'no number lowered by halving';
  return `no operation can be dropped and ${lowered} (${candidates} candidates tried)`;
}

export function findingTrace(systemName: string, finding: Finding, seed: number): Trace {
  const { minimal, divergence, signature, candidates, originalOperations, caseIndex } = finding;
  return {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    signature,
    expects: 'divergence',
    comparison: 'qemu',
    found: {
      system: systemName,
      divergence: describeDivergence(systemName, divergence),
      step: divergence.index,
      seed,
      caseIndex,
      shrink: { candidates, from: originalOperations, to: minimal.operations.length },
    },
    recorded: recordedOf(minimal, divergence),
    setup: minimal.setup,
    operations: minimal.operations,
  };
}
