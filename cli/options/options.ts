/** What commands share: options that are numbers, output, exit codes, Ctrl-C. */
import { InvalidArgumentError } from 'commander';
import { comparisonChoices, parseComparison } from '../../properties/cases/comparison-mode.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

export const exitCodeHelp = `
Exit codes: 0 system and model agreed, 1 they diverged, 2 wrong usage or malformed trace,
3 something is missing in the environment (for instance QEMU), or an adapter breaks the protocol.`;

let interrupted = false;

export function isInterrupted(): boolean {
  return interrupted;
}

/** Ctrl-C is noted for `work` to end by itself: a second one must not cut off a summary, nor what must be cleaned up. */
export async function untilInterrupted<Result>(work: () => Promise<Result>): Promise<Result> {
  const interrupt = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', interrupt);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('Must be a whole number.');
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('Must be at least 1.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Must be a number above 0.');
  return value;
}

export function comparisonNamed(text: string): ComparisonMode {
  const comparison = parseComparison(text);
  if (comparison === null) throw new InvalidArgumentError(`Allowed choices are ${comparisonChoices}.`);
  return comparison;
}
