/** Saves what a campaign found as a trace and reports it on one screen, with the command that replays it. */
import type { Finding } from '../../properties/campaign/campaign.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { buildFailureReport, describeDivergence } from '../../properties/lockstep/failure-report.ts';
import { printFailure } from '../../properties/lockstep/failure-text.ts';
import { recordedOf } from '../replay/recorded.ts';
import { saveFailure } from '../replay/failure-folder.ts';
import { replayCommand } from '../format/replay-command.ts';
import type { NamedSystem } from '../format/replay-command.ts';
import type { ViewedSystem } from '../view/viewed-run.ts';
import { pageLine } from '../view/write-view.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';
import type { Trace } from '../format/trace-schema.ts';

export interface RecordedFailure {
  /** Of the trace. */
  readonly path: string;
  /** The one-screen report. */
  readonly text: string;
}

/** Writes the trace to `folder`. Throws a `TraceError` where the folder cannot be written. */
export function recordFinding(
  of: ViewedSystem,
  finding: Finding,
  seed: number,
  folder: string,
): RecordedFailure {
  const saved = saveFailure(folder, findingTrace(of, finding, seed));
  const { path } = saved;
  const { minimal, originalOperations } = finding;
  const history = [
    `found in ${placeOf(finding, seed)}; ${originalOperations} operations shrunk to ${minimal.operations.length}: ${minimality(finding)}`,
    ...confirmation(finding),
    `trace:  ${path}`,
    pageLine(saved, of, minimal, finding.divergence),
    replayCommand(path, of),
  ].join('\n');
  return { path, text: printFailure(buildFailureReport(of.name, minimal, finding.divergence, history)) };
}

function placeOf({ caseIndex, trace }: Finding, seed: number): string {
  return trace === undefined ? `case ${caseIndex} of seed ${seed}` : trace;
}

/** Nothing of systems that have no process. */
function confirmation({ reproduces, before = [] }: Finding): string[] {
  if (reproduces === undefined) return [];
  if (reproduces) return ['failed again in a fresh process'];
  return [
    `seen once, not repeated in a fresh process: the ${before.length} cases before it are kept in the trace, and a replay plays them first`,
  ];
}

function minimality({ reproduces, complete, candidates, thoroughness }: Finding): string {
  if (reproduces === false) return 'cut after the step that differed';
  if (!complete) return `stopped after ${candidates} candidates, it may not be minimal`;
  const lowered = thoroughness === 'every' ? 'no number lowered' : 'no number lowered by halving';
  return `no operation can be dropped and ${lowered} (${candidates} candidates tried)`;
}

export function findingTrace(of: NamedSystem, finding: Finding, seed: number): Trace {
  const { minimal, divergence, signature, candidates, originalOperations, caseIndex } = finding;
  const { reproduces, before } = finding;
  return {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    signature,
    expects: 'divergence',
    comparison: of.comparison ?? 'qemu',
    found: {
      system: of.name,
      divergence: describeDivergence(of.name, divergence),
      step: divergence.index,
      ...(caseIndex === null ? {} : { seed, caseIndex }),
      ...lossOf(divergence),
      shrink: { candidates, from: originalOperations, to: minimal.operations.length },
    },
    ...(reproduces === undefined ? {} : { reproduces }),
    ...(before === undefined ? {} : { before }),
    recorded: recordedOf(minimal, divergence),
    setup: minimal.setup,
    operations: minimal.operations,
  };
}

/** What is kept of how a system was lost. */
export function lossOf(divergence: Divergence) {
  if (divergence.kind !== 'lost') return {};
  const { lastWords, context } = divergence;
  return {
    ...(lastWords === undefined ? {} : { lastWords }),
    ...(context === undefined ? {} : { circumstances: context }),
  };
}
