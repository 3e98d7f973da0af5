/** The parts of a running driver: its instance, its ground, its memory. */
import type { CompiledDriver } from './compile/compiled-driver.ts';
import { DriverAnswers } from './driver-answers.ts';
import { DriverComparison } from './driver-comparison.ts';
import { DriverModule } from './driver-module.ts';
import { GroundMemory, groundOf } from './ground.ts';
import type { Ground } from './ground.ts';

export interface DriverParts {
  readonly module: DriverModule;
  readonly ground: Ground;
  readonly memory: GroundMemory;
  readonly answers: DriverAnswers;
  readonly comparison: DriverComparison;
}

export function assemble(compiled: CompiledDriver): DriverParts {
  const module = new DriverModule(compiled);
  const ground = groundOf(module);
  const memory = new GroundMemory(module, ground);
  const answers = new DriverAnswers(module, ground);
  return {
    module,
    ground,
    memory,
    answers,
    comparison: new DriverComparison(module, ground, memory, answers),
  };
}
