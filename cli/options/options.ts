/** What commands share: options that are numbers, groups of a help, output. */
import { InvalidArgumentError } from 'commander';
import { comparisonChoices, parseComparison } from '../../properties/cases/comparison-mode.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

/** The options that everybody needs stand first in a help, under no heading; the others under one of these. */
export const helpGroups = {
  system: 'What is tested, and against what:',
  results: 'Results and files:',
} as const;

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
