/** The exhaustive job: small worlds searched one after the other, with progress, counterexamples, goals and a summary. */
import type { System } from '../../impl/system.ts';
import { setupProblem } from '../cases/setup-problem.ts';
import { syncSubject } from '../subjects/subject.ts';
import type { Case } from '../cases/case.ts';
import { causeOf } from '../comparison/cause.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { findingsLines, foundText } from '../screen/findings-text.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { ProgressLine } from '../campaign/progress.ts';
import type { ProgressOutput } from '../campaign/progress.ts';
import { exploreResult } from './explore-result.ts';
import type { ExploreResult } from '../results/result-schema.ts';
import { didYouMean } from '../jobs/nearest-names.ts';
import { isOfShard } from '../jobs/shard.ts';
import { openSystem } from '../subjects/subjects.ts';
import { UsageError } from '../jobs/usage-error.ts';
import { explore } from './search/exploration.ts';
import type { Exploration, ExplorationStatistics } from './search/exploration.ts';
import { describeExploration, rate } from './exploration-text.ts';
import { goals } from './worlds/goals.ts';
import { worlds } from './worlds/worlds.ts';
import type { ExploreOptions } from './explore-options.ts';
import type { World } from './worlds/world.ts';

export interface ExploreConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Saves a counterexample as a trace; returns where, and its one-screen report. */
  reportDivergence(
    world: World,
    testCase: Case,
    divergence: Divergence,
  ): { readonly path: string; readonly text: string };
  /** Saves the way to a goal; returns where. */
  saveWitness(world: World, goal: string, about: string, testCase: Case): string;
  /** Receives the result in the end. */
  ended(result: ExploreResult): void;
}

export async function exploreWorlds(
  options: ExploreOptions,
  console: ExploreConsole,
): Promise<ExploreResult> {
  const all = worldsFor(openSystem(options.systemName), options.worlds);
  const chosen = all.filter((_, place) => isOfShard(options.shard, place));
  if (chosen.length === 0) {
    throw new UsageError(
      `there are ${all.length} worlds for ${options.shard.count} shards: use at most ${all.length} shards`,
    );
  }
  const results: { readonly world: World; readonly result: Exploration }[] = [];
  const findings: ExploreResult['findings'][number][] = [];
  const reports = new Map<string, string>();
  for (const world of chosen) {
    if (console.interrupted()) break;
    const line = new ProgressLine(console.progress);
    const result = await explore(
      world,
      openSystem(options.systemName),
      { ...options, checkpoint: options.checkpointOf(world) },
      {
        progress: (statistics) => line.show(statistics.seconds, () => progressText(world, statistics)),
        interrupted: () => console.interrupted(),
      },
    );
    line.clear();
    results.push({ world, result });
    if (!options.json) console.print(describeExploration(world.name, result));
    findings.push(...tellFindings(world, result, options, console, reports));
  }
  const result = exploreResult(all, results.map(summarised), findings, options);
  console.ended(result);
  for (const text of options.json
    ? []
    : findingsLines(findings, reports, options.systemName, `\n${foundText(findings)}`))
    console.print(text);
  if (options.json)
    console.print(
      JSON.stringify(
        results.map(({ world, result: searched }) => resultOf(world, searched)),
        null,
        2,
      ),
    );
  return result;
}

export function describeWorlds(): string {
  const width = Math.max(...worlds.map(({ name }) => name.length));
  return worlds
    .map(
      ({ name, about, nightly }) => `${name.padEnd(width)}  ${about}${nightly === true ? ' (nightly)' : ''}`,
    )
    .join('\n');
}

/** Of the worlds that are not named those that the system can be given; a `UsageError` where a named one is not. */
export function worldsFor(
  { name, capabilities }: Pick<System, 'name' | 'capabilities'>,
  names: readonly string[],
): readonly World[] {
  return chooseWorlds(names).filter((world) => {
    const problem = setupProblem(world.setup, capabilities);
    if (problem === null || names.length === 0) return problem === null;
    throw new UsageError(`${name} cannot be given ${world.name}: ${problem}`);
  });
}

/** Throws a `UsageError` for a name that no world has. */
export function chooseWorlds(names: readonly string[]): readonly World[] {
  if (names.length === 0) return worlds.filter(({ nightly }) => nightly !== true);
  return names.map((name) => {
    const world = worlds.find((known) => known.name === name);
    if (world !== undefined) return world;
    throw new UsageError(
      `there is no world ${name}${didYouMean(
        name,
        worlds.map((known) => known.name),
      )} (npm run explore -- --list names all)`,
    );
  });
}

function tellFindings(
  world: World,
  { counterexample, witnesses }: Exploration,
  options: ExploreOptions,
  console: ExploreConsole,
  reports: Map<string, string>,
): ExploreResult['findings'] {
  if (counterexample !== null) {
    const divergence = syncSubject(openSystem(options.systemName)).judge(counterexample, 'full');
    if (divergence === null) {
      throw new Error(
        `a divergence in ${world.name} does not come again when its case is run: the system hides a part of its state`,
      );
    }
    const { path, text } = console.reportDivergence(world, counterexample, divergence);
    reports.set(path, text);
    return [
      {
        world: world.name,
        signature: signatureOf(divergence),
        sentence: describeDivergence(options.systemName, divergence),
        operations: counterexample.operations.length,
        trace: path,
        cause: causeOf(divergence, counterexample),
      },
    ];
  }
  for (const [name, witness] of witnesses) {
    const about = goals.find((goal) => goal.name === name)?.about ?? '';
    const where =
      witness === null
        ? 'not reached'
        : `${witness.operations.length} operations, ${console.saveWitness(world, name, about, witness)}`;
    if (!options.json) console.print(`  goal ${name} (${about}): ${where}`);
  }
  return [];
}

function summarised({
  world,
  result,
}: {
  readonly world: World;
  readonly result: Exploration;
}): ExploreResult['searched'][number] {
  const { ended, states, transitions, depth, waiting, seconds, cpuSeconds, bytes, witnesses } = result;
  return {
    world: world.name,
    ended,
    states,
    transitions,
    depth,
    waiting,
    seconds,
    cpuSeconds,
    bytes,
    goals: Object.fromEntries(
      [...witnesses].map(([goal, witness]) => [goal, witness?.operations.length ?? null]),
    ),
  };
}

function resultOf({ name }: World, result: Exploration) {
  const reached = [...result.witnesses].map(
    ([goal, witness]) => [goal, witness?.operations.length ?? null] as const,
  );
  return { world: name, comparison: 'qemu', ...result, witnesses: Object.fromEntries(reached) };
}

function progressText(
  { name }: World,
  { states, transitions, depth, waiting, seconds, bytes }: ExplorationStatistics,
): string {
  return `${name}: ${states} states, depth ${depth} (${waiting} wait), ${rate(states, seconds)} states/s, ${rate(transitions, seconds)} transitions/s, ${Math.ceil(bytes / 2 ** 20)} MB`;
}
