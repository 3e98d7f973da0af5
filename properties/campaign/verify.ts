/** The main job: a random campaign on one system, with progress, failures and a summary. */
import type { Depth } from '../../impl/system.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { freshSeed } from '../jobs/campaign-seeds.ts';
import type { Case } from '../cases/case.ts';
import type { Batch } from '../batches/batch.ts';
import { batchCasesOf } from '../batches/subject-player.ts';
import { runCampaign } from './campaign.ts';
import type { CampaignObserver, CampaignCrew, Finding, RecordedDivergence } from './campaign.ts';
import { missingCells } from '../coverage/coverage-table.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { parseGeometry } from '../cases/geometry-option.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import { ProgressLine, progressText } from './progress.ts';
import type { ProgressOutput } from './progress.ts';
import { wayOf } from '../cases/comparison-mode.ts';
import { cellsReachableOn } from '../coverage/known-cells.ts';
import { partSeconds } from './part-seconds.ts';
import type { VerifyResult } from '../results/result-schema.ts';
import { verifyResult } from './verify-result.ts';
import { branchesTaken, verifySummary } from './verify-summary.ts';
import { isWhole, requireBatches } from '../jobs/shard.ts';
import type { Shard } from '../jobs/shard.ts';
import type { Subject } from '../subjects/subject.ts';

export interface VerifyOptions {
  readonly seed: number | null;
  readonly casesMax: number;
  readonly secondsMax: number;
  readonly operationsMax: number;
  readonly geometry: string;
  readonly depth: Depth | null;
  readonly findingsMax: number;
  readonly json: boolean;
  readonly comparison: ComparisonMode;
  /** A cell or a branch of the seed that can be reached and was not is a failure. */
  readonly requireCoverage: boolean;
  readonly shard: Shard;
  /** The command that does the same again, all shards of it. */
  repeat(seed: number): string;
  readonly savedFailures: VerifyResult['savedFailures'];
  /** The summary has the table of cells. */
  readonly listsCoverage: boolean;
  /** The summary lists every situation. */
  readonly listsSituations: boolean;
  /** Others who play batches; null where this process is alone. */
  readonly crew: CampaignCrew | null;
  /** Measures how much of the time model and system took; where nobody asks, that time is saved. */
  readonly measuresParts: boolean;
}

export interface VerifyConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Notes what is played next. */
  begins(subject: Subject, seed: number, cases: readonly Case[], batch: Batch): void;
  /** Saves a failure as it came up; returns where, or null where a smaller one of its kind is there. */
  found(subject: Subject, finding: Finding, seed: number): string | null;
  /** Saves a failure as a trace; returns where, and its one-screen report. */
  report(subject: Subject, finding: Finding, seed: number): { readonly path: string; readonly text: string };
  /** Plays the recorded traces; null where they are left out. */
  recorded(tell: (played: number, of: number) => void): Promise<RecordedPlayed | null>;
  /** Receives the result before it is judged. */
  ended(result: VerifyResult): void;
}

export interface RecordedPlayed {
  readonly counts: NonNullable<VerifyResult['recorded']>;
  readonly failures: readonly RecordedDivergence[];
}

export async function verify(
  subject: Subject,
  options: VerifyOptions,
  console: VerifyConsole,
): Promise<VerifyResult> {
  const { shard, comparison } = options;
  requireBatches(shard, options.casesMax, batchCasesOf(subject));
  const geometry = parseGeometry(options.geometry, subject.capabilities);
  const seed = options.seed ?? freshSeed();
  // In place all of a large disk is compared as fast as samples of it; what has to be shown costs.
  const isShown = subject.kind === 'async';
  const depth = options.depth ?? (isShown && options.geometry === 'real' ? 'sampled' : 'full');
  const reachable = cellsReachableOn(subject, wayOf(comparison));
  const progress = new ProgressLine(console.progress);
  const goal = { ...options, casesMax: options.casesMax / shard.count, cellsReachable: reachable.length };
  const part = isWhole(shard) ? '' : `, shard ${shard.index} of ${shard.count}`;
  if (!options.json)
    console.print(
      `colocheck verify: ${subject.name} against the model (comparison: ${comparison}), seed ${seed}${part}`,
    );
  const seconds = stopwatch();
  const recorded = await console.recorded((played, of) =>
    progress.show(seconds(), () => `recorded traces: ${played}/${of}`),
  );
  const campaign = { ...options, seed, geometry, depth, recorded: recorded?.failures ?? [] };
  const traces = new Map<string, string>();
  const reports = new Map<string, string>();
  const statistics = await runCampaign(subject, campaign, {
    progress: (now) => progress.show(now.seconds, () => progressText(now, goal)),
    interrupted: () => console.interrupted(),
    ...findingsTold(subject, seed, progress, console, traces, reports),
  });
  progress.clear();
  // Before anything else is done with it.
  const memory = statistics.memory.end(statistics.seconds);
  const { savedFailures } = options;
  const isMeasured = options.measuresParts && statistics.ended !== 'interrupted';
  const parts = isMeasured ? partSeconds(subject, campaign, statistics.coverage.operations) : null;
  const asked = { ...campaign, geometryName: options.geometry, comparison, repeat: options.repeat(seed) };
  const done = { statistics, reachable, traces, savedFailures, recorded: recorded?.counts ?? null, parts };
  const result = verifyResult(subject, asked, done);
  console.ended(result);
  console.print(
    options.json
      ? JSON.stringify({ ...plainResult(result), memory }, null, 2)
      : verifySummary(result, { ...options, requiresCoverage: options.requireCoverage, reports }),
  );
  if (statistics.trouble !== null) throw statistics.trouble;
  return result;
}

/** Notes what is in hand, and saves each finding as it came up, and again when it is shrunk. */
function findingsTold(
  subject: Subject,
  seed: number,
  progress: ProgressLine,
  console: VerifyConsole,
  traces: Map<string, string>,
  reports: Map<string, string>,
): Pick<CampaignObserver, 'begins' | 'found' | 'finding'> {
  // The report comes last of all; who ends the campaign by force knows this much.
  const say = (finding: Finding, rest: string): void => {
    progress.clear();
    const what = describeDivergence(subject.name, finding.divergence);
    console.progress.write(`found: ${what}${rest}\n`);
  };
  return {
    begins: (cases, batch) => console.begins(subject, seed, cases, batch),
    found: (finding) => {
      const path = console.found(subject, finding, seed);
      say(finding, `${path === null ? '' : ` (${path})`}; it is played again and shrunk`);
    },
    finding: (finding) => {
      const { path, text } = console.report(subject, finding, seed);
      traces.set(finding.signature, path);
      reports.set(path, text);
      say(finding, `: ${path}`);
    },
  };
}

/** The result for `--json`. */
function plainResult(result: VerifyResult) {
  const { cells, branches, timing } = result;
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const counted = cells.filter(({ count }) => count > 0);
  const missing = missingCells(reachable, counted);
  const taken = branchesTaken(branches);
  return {
    system: result.system.name,
    comparison: result.comparison,
    seed: result.options.seed,
    ended: result.ended,
    cases: result.cases,
    operations: result.operations,
    seconds: timing.seconds,
    cellsReachable: reachable.length,
    cellsReached: reachable.length - missing.length,
    missing,
    cells: counted.map(({ isReachable: _isReachable, ...cell }) => cell),
    branches: branches.names.filter((_, number) => taken.has(number)).toSorted(),
    situations: result.situations,
    recorded: result.recorded,
    documented: result.documented,
    lengths: result.lengths,
    findings: result.findings.map(({ trace: _trace, ...finding }) => finding),
    repeatedFindings: result.repeatedFindings,
  };
}
