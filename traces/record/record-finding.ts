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

/** Saves a finding as it came up. Returns its path; null where a smaller one of its kind was there. */
export function recordFound(of: NamedSystem, finding: Finding, seed: number, folder: string): string | null {
  const { path, isWritten } = saveFailure(folder, findingTrace(of, finding, seed));
  return isWritten ? path : null;
}

/**
 * Writes the trace to `folder`, in the place of `earlier` where it was saved as it came up. Throws a `TraceError` where
 * the folder cannot be written.
 */
export function recordFinding(
  of: ViewedSystem,
  finding: Finding,
  seed: number,
  folder: string,
  earlier: string | null = null,
): RecordedFailure {
  const saved = saveFailure(folder, findingTrace(of, finding, seed), earlier);
  const { path } = saved;
  const { minimal } = finding;
  const history = [
    ...howFound(finding, seed),
    `trace:  ${path}`,
    pageLine(saved, of, minimal, finding.divergence),
    `${replayCommand(path, of)}${finding.reproduces === false ? ` --times ${TIMES}` : ''}`,
  ].join('\n');
  return { path, text: printFailure(buildFailureReport(of.name, minimal, finding.divergence, history)) };
}

/** Where it was met, how it was shrunk, and whether it comes again. */
export function howFound(finding: Finding, seed: number): string[] {
  const { originalOperations } = finding;
  return [
    `found in ${placeOf(finding, seed)}; ${originalOperations} operations ${minimality(finding)}`,
    ...confirmation(finding),
  ];
}

/** What does not fail each time is worth so many plays. */
const TIMES = 20;

function placeOf({ caseIndex, trace }: Finding, seed: number): string {
  return trace === undefined ? `case ${caseIndex} of seed ${seed}` : trace;
}

/** Nothing of systems in this process that fail each time. */
function confirmation({ reproduces, plays, before = [] }: Finding): string[] {
  if (plays === undefined) return [];
  const { failed, of } = plays;
  const kept = `the ${before.length} cases before it are kept in the trace, and a replay plays them first`;
  if (reproduces === false) return [`does not come back: it failed in ${failed} of ${of} plays; ${kept}`];
  const behind = before.length === 0 ? [] : [`it fails only behind others: ${kept}`];
  if (reproduces === undefined || of === 0) return ['not played again: the time was over', ...behind];
  return [`failed again in ${failed} of ${of} plays, each in a fresh system`, ...behind];
}

function minimality({ minimal, reproduces, complete, candidates, thoroughness }: Finding): string {
  const { length } = minimal.operations;
  if (reproduces === false || (!complete && candidates === 0))
    return `cut to ${length}, after the step that differed`;
  if (!complete) return `shrunk to ${length}: stopped after ${candidates} candidates, it may not be minimal`;
  const lowered = thoroughness === 'every' ? 'no number lowered' : 'no number lowered by halving';
  return `shrunk to ${length}: no operation can be dropped and ${lowered} (${candidates} candidates tried)`;
}

export function findingTrace(of: NamedSystem, finding: Finding, seed: number): Trace {
  const { minimal, divergence, signature, candidates, originalOperations, caseIndex } = finding;
  const { reproduces, plays, before } = finding;
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
    ...(plays === undefined || plays.of === 0 ? {} : { plays }),
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
