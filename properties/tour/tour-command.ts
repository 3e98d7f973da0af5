/** The tour as a job: worlds walked one after the other, with progress, findings and a summary. */
import type { AsyncSystem } from '../../impl/system.ts';
import type { ComparisonMode } from '../comparison-mode.ts';
import { ProgressLine } from '../progress.ts';
import type { ProgressOutput } from '../progress.ts';
import { setupProblem } from '../setup-problem.ts';
import { UsageError } from '../usage-error.ts';
import { TourGraph } from './tour-graph.ts';
import { tour } from './tour.ts';
import type { TourFinding } from './tour.ts';
import { scaledSetup, tourWorlds } from './tour-worlds.ts';

export interface TourConsole {
  readonly progress: ProgressOutput;
  print(text: string): void;
  interrupted(): boolean;
  /** Saves a failure as a trace and returns its one-screen report. */
  report(world: string, finding: TourFinding): string;
}

/** True where every transition was walked and nothing differed. */
export async function tourSystem(
  system: AsyncSystem,
  name: string,
  { comparison, secondsMax }: { readonly comparison: ComparisonMode; readonly secondsMax: number },
  console: TourConsole,
): Promise<boolean> {
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
  const result = await tour(system, tourWorld, new TourGraph(tourWorld.world), {
    mustStop: () => console.interrupted() || seconds() > secondsMax,
    progress: ({ covered, transitions, operations, walks }) =>
      line.show(
        seconds(),
        () =>
          `${name}: ${covered}/${transitions} transitions, ${operations} operations, ${walks} walks, ${Math.round(operations / seconds())} operations/s`,
      ),
  });
  line.clear();
  for (const finding of result.findings) console.print(`\n${console.report(name, finding)}\n`);
  const { covered, transitions, excluded, unentered, walks, operations, otherwise, findings, ended } = result;
  const enterable = transitions - unentered;
  const share = ((100 * covered) / enterable).toFixed(covered === enterable ? 0 : 2);
  const aside = [
    `${excluded} more cannot be given to it`,
    ...(unentered === 0 ? [] : [`${unentered} are of states that it does not come to`]),
  ].join(', ');
  console.print(
    `${name} on ${system.name}: ${covered}/${enterable} transitions (${share} %), ${aside}, ${walks} walks, ${operations} operations in ${seconds().toFixed(0)} s, ${findings.length} divergences, ${otherwise} steps that ended in another lawful state (${ended}; comparison: ${comparison})`,
  );
  return ended === 'complete' && findings.length === 0;
}
