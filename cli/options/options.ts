/** What the commands of the command line have in common: options that are numbers, and output. */
import { InvalidArgumentError } from 'commander';
import { comparisonChoices, parseComparison } from '../../properties/cases/comparison-mode.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

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
