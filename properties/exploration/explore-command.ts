/** The exhaustive job: small worlds searched one after the other, with progress, counterexamples, goals and a summary. */
import type { ComparisonMode } from '../comparison-mode.ts';
import { runLockstep } from '../lockstep.ts';
import type { Case } from '../case.ts';
import type { Divergence } from '../divergence.ts';
import { ProgressLine } from '../progress.ts';
import type { ProgressOutput } from '../progress.ts';
import { openSystem } from '../subjects.ts';
import { UsageError } from '../usage-error.ts';
import { explore } from './exploration.ts';
import type { Exploration, ExplorationOptions, ExplorationTally } from './exploration.ts';
import { goals } from './goals.ts';
import { worlds } from './worlds.ts';
import type { World } from './world.ts';

export interface ExploreOptions extends Omit<ExplorationOptions, 'checkpoint'> {
  /** Names of worlds; none stands for all that end within minutes. */
  readonly worlds: readonly string[];
  readonly json: boolean;
  checkpointOf(world: World): ExplorationOptions['checkpoint'];
}

export interface ExploreConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Saves a counterexample as a trace and returns its one-screen report. */
  reportDivergence(world: World, testCase: Case, divergence: Divergence): string;
  /** Saves the way to a goal; returns where. */
  saveWitness(world: World, goal: string, about: string, testCase: Case): string;
}

/** True where all worlds were searched without a divergence and all their goals were reached. */
export async function exploreWorlds(options: ExploreOptions, console: ExploreConsole): Promise<boolean> {
  const chosen = chooseWorlds(options.worlds);
  const results: { readonly world: World; readonly result: Exploration }[] = [];
  for (const world of chosen) {
    if (console.interrupted()) break;
    const line = new ProgressLine(console.progress);
    const result = await explore(
      world,
      openSystem(options.systemName),
      { ...options, checkpoint: options.checkpointOf(world) },
      {
        progress: (tally) => line.show(tally.seconds, () => progressText(world, tally)),
        interrupted: () => console.interrupted(),
      },
    );
    line.clear();
    results.push({ world, result });
    if (!options.json) console.print(describeExploration(world, result));
    tellFindings(world, result, options, console);
  }
  if (options.json)
    console.print(
      JSON.stringify(
        results.map(({ world, result }) => resultOf(world, result)),
        null,
        2,
      ),
    );
  return results.length === chosen.length && results.every(({ result }) => isSound(result));
}

export function describeWorlds(): string {
  const width = Math.max(...worlds.map(({ name }) => name.length));
  return worlds
    .map(
      ({ name, about, nightly }) => `${name.padEnd(width)}  ${about}${nightly === true ? ' (nightly)' : ''}`,
    )
    .join('\n');
}

/** Throws a `UsageError` for a name that no world has. */
export function chooseWorlds(names: readonly string[]): readonly World[] {
  if (names.length === 0) return worlds.filter(({ nightly }) => nightly !== true);
  return names.map((name) => {
    const world = worlds.find((known) => known.name === name);
    if (world !== undefined) return world;
    throw new UsageError(
      `there is no world ${name}: use one of ${worlds.map((known) => known.name).join(', ')}`,
    );
  });
}

function tellFindings(
  world: World,
  { counterexample, witnesses }: Exploration,
  options: ExploreOptions,
  console: ExploreConsole,
): void {
  if (counterexample !== null) {
    const divergence = runLockstep(openSystem(options.systemName), counterexample, { depth: 'full' });
    if (divergence === null) {
      throw new Error(
        `a divergence in ${world.name} does not come again when its case is run: the system hides a part of its state`,
      );
    }
    const report = console.reportDivergence(world, counterexample, divergence);
    if (!options.json) console.print(`\n${report}\n`);
    return;
  }
  for (const [name, witness] of witnesses) {
    const about = goals.find((goal) => goal.name === name)?.about ?? '';
    const where =
      witness === null
        ? 'not reached'
        : `${witness.operations.length} operations, ${console.saveWitness(world, name, about, witness)}`;
    if (!options.json) console.print(`  goal ${name} (${about}): ${where}`);
  }
}

/** The search takes each step of the model for the only one. */
const COMPARISON: ComparisonMode = 'qemu';

function isSound({ ended, witnesses, counterexample }: Exploration): boolean {
  if (counterexample !== null || ended === 'interrupted') return false;
  return [...witnesses.values()].every((witness) => witness !== null);
}

function describeExploration({ name }: World, result: Exploration): string {
  const { states, transitions, depth, waiting, seconds, cpuSeconds, bytes } = result;
  const size = `${states} states, ${transitions} transitions`;
  const effort = `${seconds.toFixed(1)} s, ${rate(transitions, cpuSeconds)} transitions per CPU second, ${(bytes / states).toFixed(0)} bytes a state; comparison: ${COMPARISON}`;
  const ways: Record<Exploration['ended'], string> = {
    complete: `explored completely: ${size}, longest shortest way ${depth} operations`,
    divergence: `system and model part after ${depth + 1} operations; ${size} were seen before`,
    depth: `explored to depth ${depth} and no further, as asked: ${size}`,
    states: `stopped at the number of states asked for: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
    memory: `stopped at the memory limit: ${size}; all within ${depth} operations were seen, ${waiting} wait (--memory allows more)`,
    time: `stopped at the time limit: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
    interrupted: `interrupted: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
  };
  return `${name}: ${ways[result.ended]} (${effort})`;
}

function resultOf({ name }: World, result: Exploration) {
  const reached = [...result.witnesses].map(
    ([goal, witness]) => [goal, witness?.operations.length ?? null] as const,
  );
  return { world: name, comparison: COMPARISON, ...result, witnesses: Object.fromEntries(reached) };
}

function progressText(
  { name }: World,
  { states, transitions, depth, waiting, seconds, bytes }: ExplorationTally,
): string {
  return `${name}: ${states} states, depth ${depth} (${waiting} wait), ${rate(states, seconds)} states/s, ${rate(transitions, seconds)} transitions/s, ${Math.ceil(bytes / 2 ** 20)} MB`;
}

function rate(count: number, seconds: number): string {
  const perSecond = count / Math.max(seconds, 0.001);
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  return perSecond >= 1e4 ? `${Math.round(perSecond / 1e3)} k` : String(Math.round(perSecond));
}
