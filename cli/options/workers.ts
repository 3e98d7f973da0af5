/** How many work at once. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { positiveWholeNumber } from './options.ts';

export interface WorkerFlags {
  workers?: number;
}

export function withWorkers(command: Command): Command {
  return command.option(
    '--workers <count>',
    'how many work at once (default: the cores)',
    positiveWholeNumber,
  );
}

export function workersOf({ workers }: WorkerFlags): number {
  return workers ?? availableParallelism();
}
