/** The main job: a random campaign on one system, with progress, failures and a summary. */
import type { Depth } from '../impl/system.ts';
import { operationNames } from '../model/vocabulary.ts';
import type { ComparisonMode } from './comparison-mode.ts';
import { freshSeed } from './campaign-seeds.ts';
import { runCampaign } from './campaign.ts';
import type { Finding, Tally } from './campaign.ts';
import { missingBranches, missingCells, printCoverage } from './coverage-table.ts';
import type { Cell, CountedCell } from './coverage.ts';
import { describeDivergence } from './failure-report.ts';
import { parseGeometry } from './geometry-option.ts';
import { printLengths } from './length-table.ts';
import { ProgressLine, progressText } from './progress.ts';
import type { ProgressOutput } from './progress.ts';
import { reachableCells } from './reachable-cells.ts';
import type { Subject } from './subject.ts';

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
}

export interface VerifyConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Saves a failure as a trace and returns its one-screen report. */
  report(subject: Subject, finding: Finding, seed: number): string;
}

/** True when system and model agreed throughout, and nothing that had to be reached was missed. */
export async function verify(
  subject: Subject,
  options: VerifyOptions,
  console: VerifyConsole,
): Promise<boolean> {
  const seed = options.seed ?? freshSeed();
  const geometry = parseGeometry(options.geometry, subject.capabilities);
  const depth = options.depth ?? (options.geometry === 'real' ? 'sampled' : 'full');
  const reachable = reachableCells(subject.capabilities, (operation, stages, setup) =>
    subject.accepts(operation, stages, setup),
  );
  const progress = new ProgressLine(console.progress);
  const goal = { ...options, cellsReachable: reachable.length };
  if (!options.json)
    console.print(
      `colocheck verify: ${subject.name} against the model (comparison: ${options.comparison}), seed ${seed}`,
    );
  const campaign = { ...options, seed, geometry, depth };
  const tally = await runCampaign(subject, campaign, {
    progress: (now) => progress.show(now.seconds, () => progressText(now, goal)),
    interrupted: () => console.interrupted(),
    finding: (finding) => {
      progress.clear();
      const report = console.report(subject, finding, seed);
      if (!options.json) console.print(`\n${report}\n`);
    },
  });
  progress.clear();
  console.print(
    options.json
      ? JSON.stringify(verifyResult(subject, options.comparison, seed, tally, reachable), null, 2)
      : printSummary(subject, options.comparison, seed, tally, reachable),
  );
  if (tally.trouble !== null) throw tally.trouble;
  const isCovered = gapsOf(subject, tally, reachable).length === 0;
  return tally.findings.length === 0 && (isCovered || !options.requireCoverage);
}

/** Cells, and on a system that has every operation branches of the seed, that were not reached. */
function gapsOf({ capabilities }: Subject, { coverage }: Tally, reachable: readonly Cell[]): string[] {
  const hasAll = operationNames.every((name) => capabilities.operations.includes(name));
  return [
    ...missingCells(reachable, coverage.list()),
    ...(hasAll ? missingBranches(coverage.branches).map((name) => `replication.c:${name}`) : []),
  ];
}

/** The summary as data, for `--json`. */
export function verifyResult(
  subject: Subject,
  comparison: ComparisonMode,
  seed: number,
  tally: Tally,
  reachable: readonly Cell[],
) {
  const cells = tally.coverage.list();
  const missing = missingCells(reachable, cells);
  return {
    system: subject.name,
    comparison,
    seed,
    ended: tally.ended,
    cases: tally.cases,
    operations: tally.coverage.operations,
    seconds: Number(tally.seconds.toFixed(3)),
    cellsReachable: reachable.length,
    cellsReached: reachable.length - missing.length,
    missing,
    cells,
    branches: [...tally.coverage.branches].toSorted(),
    documented: Object.fromEntries(tally.coverage.documented),
    lengths: tally.lengths,
    failures: tally.findings.map((finding) => ({
      signature: finding.signature,
      sentence: describeDivergence(subject.name, finding.divergence),
      operations: finding.minimal.operations.length,
      originalOperations: finding.originalOperations,
      candidates: finding.candidates,
      caseIndex: finding.caseIndex,
    })),
    repeatedFailures: tally.repeated,
  };
}

function printSummary(
  subject: Subject,
  comparison: ComparisonMode,
  seed: number,
  tally: Tally,
  reachable: readonly Cell[],
): string {
  const cells = tally.coverage.list();
  const missing = gapsOf(subject, tally, reachable);
  const { branches } = tally.coverage;
  const rate = Math.round(tally.coverage.operations / Math.max(tally.seconds, 0.001));
  const verdict =
    tally.findings.length === 0
      ? `${subject.name} and the model agree (comparison: ${comparison})`
      : `${tally.findings.length} kinds of failure, ${tally.repeated} more with the same signatures (comparison: ${comparison})`;
  return [
    printCoverage(reachable, cells),
    '',
    printLengths(tally.lengths),
    missing.length === 0
      ? `all ${reachable.length} cells that can be reached were reached, and ${branches.size} branches of replication.c`
      : [
          `${missing.length} of the ${reachable.length} cells and of the branches of replication.c were not reached:`,
          ...missing.map((name) => `  ${name}`),
        ].join('\n'),
    ...deathsLine(cells),
    ...documentedLine(tally.coverage.documented),
    `${tally.cases} cases, ${tally.coverage.operations} operations checked in ${tally.seconds.toFixed(1)} s (${rate}/s), seed ${seed}, ended by ${tally.ended}`,
    verdict,
  ].join('\n');
}

/** Where a system was allowed to keep to the design document, and did. */
function documentedLine(documented: ReadonlyMap<string, number>): string[] {
  if (documented.size === 0) return [];
  const told = [...documented].map(([name, count]) => `${name} ${count}`);
  return [`did as the design document says, and not as QEMU does: ${told.join(', ')}`];
}

const DIES = 'process dies: ';

/** The deaths that the model foresees, by their rule; others are failures. */
function deathsLine(cells: readonly CountedCell[]): string[] {
  const deaths = new Map<string, number>();
  for (const { outcome, count } of cells) {
    if (!outcome.startsWith(DIES)) continue;
    const rule = outcome.slice(DIES.length);
    deaths.set(rule, (deaths.get(rule) ?? 0) + count);
  }
  if (deaths.size === 0) return [];
  const told = [...deaths].map(([rule, count]) => `${rule} ${count}`).join(', ');
  return [`the process died as it must: ${told}`];
}
