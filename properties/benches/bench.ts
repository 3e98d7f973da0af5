/** Prints the figures of docs/performance.md; every ratio is taken within one run. */
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { measureCheckpoints, measureDataPath } from '../../impl/efficient/testing/data-path-bench.ts';
import { realGeometry, smallGeometry } from '../cases/geometries.ts';
import { measureFaults, measureLockstep, measureStockCommands } from './lockstep-bench.ts';
import type { BenchOptions, LockstepFigures } from './lockstep-bench.ts';
import { budgetLines, measureBudget } from './lockstep-budget.ts';
import type { Budget } from './lockstep-budget.ts';
import { benchQemu } from './qemu-bench.ts';

const SEED = 20_241;
const BUDGET_CASES = 20;
/** In a round. With fewer the engine still compiles in the last one, which then is most of what is measured. */
const LARGE_DISK_CASES = { sampled: 200, full: 800 };

/** Throws an `EnvironmentError` where QEMU is asked for and cannot be had. */
export async function runBench(
  print: (text: string) => void,
  qemu: string | true | undefined,
): Promise<void> {
  const small: BenchOptions = { geometry: smallGeometry, depth: 'full', casesMax: 4000, seed: SEED };
  const system = createEfficientSystem();
  const lockstep = measureLockstep(system, small);
  const stock = measureStockCommands(system, small, 'observed');
  const quickStock = measureStockCommands(system, small, 'quick');
  print('Random lockstep, 4 clusters × 2 sectors × 8 bytes, every byte compared after every operation');
  print(lockstepLines(lockstep, measureBudget(system, { ...small, casesMax: BUDGET_CASES })));
  const compared = (other: number): string =>
    `${thousands(other)} per CPU second; the lockstep is ${(lockstep.lockstep / other).toFixed(2)} times as fast`;
  print(line('stock fc.commands, observations compared', compared(stock)));
  print(line("stock fc.commands, the lockstep's comparison", compared(quickStock)));
  const { faulty, faultless } = measureFaults(system, small);
  print(line('with faults and several nodes', `${thousands(faulty)} per CPU second`));
  print(
    line(
      'without',
      `${thousands(faultless)}; with faults ${((100 * faulty) / faultless).toFixed(0)} % of that`,
    ),
  );
  print('\nRandom lockstep, 8 clusters × 64 KiB, 512-byte sectors');
  for (const depth of ['sampled', 'full'] as const) {
    const real = { geometry: realGeometry, depth, casesMax: LARGE_DISK_CASES[depth], seed: SEED };
    print(`${depth} comparison`);
    print(
      lockstepLines(
        measureLockstep(system, real),
        measureBudget(system, { ...real, casesMax: BUDGET_CASES }),
      ),
    );
  }
  printImplementation(print);
  if (qemu !== undefined) await benchQemu(print, qemu === true ? undefined : qemu, SEED);
}

function printImplementation(print: (text: string) => void): void {
  print('\nData path of the efficient implementation (share of the copy bound measured in the same run)');
  for (const [name, figure] of Object.entries(measureDataPath())) print(line(name, figureText(figure)));
  print('\nCheckpoints');
  for (const [name, figure] of Object.entries(measureCheckpoints())) print(line(name, figureText(figure)));
}

function lockstepLines(figures: LockstepFigures, budget: Budget): string {
  const checked = `${thousands(figures.lockstep)} per CPU second (${figures.operations} operations)`;
  const lines = budgetLines(budget).map((each) => `    ${each}`);
  return [line('checked operations', checked), '  an operation costs', ...lines].join('\n');
}

function line(name: string, value: string): string {
  return `  ${name.padEnd(44)} ${value}`;
}

function thousands(value: number): string {
  return `${Math.round(value / 1000)} k`;
}

function figureText(figure: unknown): string {
  return typeof figure === 'number' ? figure.toPrecision(4) : JSON.stringify(figure);
}
