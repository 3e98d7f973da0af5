/** The tour as a job: worlds walked one after the other, with progress, findings and a summary. */
import type { AsyncSystem } from '../../impl/system.ts';
import { wayOf } from '../cases/comparison-mode.ts';
import { ProgressLine } from '../campaign/progress.ts';
import type { ProgressOutput } from '../campaign/progress.ts';
import { setupProblem } from '../cases/setup-problem.ts';
import { UsageError } from '../jobs/usage-error.ts';
import { causeOf } from '../comparison/cause.ts';
import { signatureOf } from '../comparison/divergence.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { findingsLines, foundText } from '../screen/findings-text.ts';
import type { TourResult } from '../results/result-schema.ts';
import { describeTour, tourResult } from './tour-result.ts';
import type { TourOptions } from './tour-options.ts';
import { TourGraph } from './tour-graph.ts';
import { tour } from './tour.ts';
import type { TourFinding, TourStatistics } from './tour.ts';
import { scaledSetup, tourWorlds } from './tour-worlds.ts';

export interface TourConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Saves a failure as a trace; returns where, and its one-screen report. */
  report(world: string, finding: TourFinding): { readonly path: string; readonly text: string };
  /** Receives the result in the end. */
  ended(result: TourResult): void;
}

export async function tourSystem(
  system: AsyncSystem,
  name: string,
  options: TourOptions,
  console: TourConsole,
): Promise<TourResult> {
  const tourWorld = tourWorlds.find(({ world }) => world.name === name);
  if (tourWorld === undefined) {
    throw new UsageError(
      `there is no world ${name} to tour: use one of ${tourWorlds.map(({ world }) => world.name).join(', ')}`,
    );
  }
  const problem = setupProblem(scaledSetup(tourWorld), system.capabilities);
  if (problem !== null) throw new UsageError(`${system.name} cannot be toured: ${problem}`);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const line = new ProgressLine(console.progress);
  const graph = new TourGraph(tourWorld.world, wayOf(options.comparison));
  const states = graph.successors.length;
  if (options.shard.count > states)
    throw new UsageError(`${name} has ${states} states for ${options.shard.count} shards: use fewer`);
  const observer = {
    mustStop: () => console.interrupted() || seconds() > options.secondsMax,
    progress: ({ covered, transitions, operations, walks }: TourStatistics) =>
      line.show(
        seconds(),
        () =>
          `${name}: ${covered}/${transitions} transitions, ${operations} operations, ${walks} walks, ${Math.round(operations / seconds())} operations/s`,
      ),
  };
  const done = await tour(system, tourWorld, graph, observer, options.comparison, options.shard);
  line.clear();
  const reports = new Map<string, string>();
  const findings = done.findings.map((finding) => {
    const { path, text } = console.report(name, finding);
    reports.set(path, text);
    return { world: name, ...failureOf(system.name, finding), trace: path };
  });
  const result = tourResult(name, system.name, { ...done, seconds: seconds(), findings }, options);
  console.ended(result);
  console.print(
    [
      describeTour(result),
      ...findingsLines(findings, reports, options.option, `\n${foundText(findings)}`),
    ].join('\n'),
  );
  return result;
}

function failureOf(system: string, { testCase, divergence }: TourFinding) {
  return {
    signature: signatureOf(divergence),
    sentence: describeDivergence(system, divergence),
    operations: testCase.operations.length,
    cause: causeOf(divergence, testCase),
  };
}
