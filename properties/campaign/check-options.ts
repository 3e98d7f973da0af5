/** The options of a campaign that a program asks for: what they are, and what is wrong with them, before anything runs. */
import type { Capabilities } from '../../impl/capabilities.ts';
import { comparisonChoices, parseComparison } from '../cases/comparison-mode.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { geometryNames, geometryProblem, presetGeometries } from '../cases/geometries.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { freshSeed } from '../jobs/campaign-seeds.ts';
import { didYouMean } from '../jobs/nearest-names.ts';
import { UsageError } from '../jobs/usage-error.ts';

export interface CheckOptions {
  /** How many cases are drawn; 1000 where it is left out. */
  readonly cases?: number;
  /** The campaign ends earlier after so many seconds; what was run by then counts. */
  readonly seconds?: number;
  /** The same seed draws the same cases; a new one where it is left out. */
  readonly seed?: number;
  /** Operations of the longest case; 100 where it is left out. */
  readonly operations?: number;
  /** `small`, `real`, `mixed` (a new one each case), or sizes; `mixed` where it is left out. */
  readonly geometry?: GeometryChoice;
  /** What is right: `qemu`, what the real binary does, or `document`; `qemu` where it is left out. */
  readonly comparison?: ComparisonMode;
  /** The campaign ends after so many kinds of failure; 5 where it is left out. */
  readonly maxFindings?: number;
  /** Ends the campaign, even while an answer is awaited or a failure shrunk; what was found until then is kept. */
  readonly signal?: AbortSignal;
  /** As `signal`, after so many seconds: a little less than what a test runner allows. */
  readonly limitSeconds?: number;
}

export interface CheckedOptions {
  readonly cases: number;
  readonly seconds: number;
  readonly seed: number;
  readonly operations: number;
  readonly geometry: GeometryChoice;
  readonly comparison: ComparisonMode;
  readonly maxFindings: number;
  readonly signal: AbortSignal | null;
  readonly limitSeconds: number;
}

const names: readonly (keyof CheckOptions)[] = [
  'cases',
  'seconds',
  'seed',
  'operations',
  'geometry',
  'comparison',
  'maxFindings',
  'signal',
  'limitSeconds',
];

/** With what stands for those that are left out. Throws a `UsageError`. */
export function checkedOptions(options: CheckOptions, capabilities: Capabilities): CheckedOptions {
  requireKnown(options, names);
  const { comparison = 'qemu', signal } = options;
  if (typeof comparison !== 'string' || parseComparison(comparison) === null)
    throw new UsageError(`the option comparison is ${shown(comparison)}: use ${comparisonChoices}`);
  const checked = {
    cases: wholeNumber('cases', options.cases ?? 1000, 1),
    seconds: seconds('seconds', options.seconds),
    operations: wholeNumber('operations', options.operations ?? 100, 1),
    geometry: knownGeometry(options.geometry ?? 'mixed', capabilities),
    comparison,
    maxFindings: wholeNumber('maxFindings', options.maxFindings ?? 5, 1),
    signal: signal === undefined ? null : knownSignal(signal),
    limitSeconds: seconds('limitSeconds', options.limitSeconds),
  };
  // What is wrong is said before a seed is drawn.
  return { ...checked, seed: wholeNumber('seed', options.seed ?? freshSeed(), 0) };
}

/** Whoever calls from JavaScript may misspell one, and would never hear of it. */
export function requireKnown(options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new UsageError(`the options are ${shown(options)}: must be an object, as in { cases: 1000 }`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = didYouMean(name, known);
    throw new UsageError(`there is no option ${name}${near === '' ? `: use ${known.join(', ')}` : near}`);
  }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`the option ${name} is ${shown(value)}: must be a whole number, at least ${least}`);
}

function seconds(name: string, value = Infinity): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new UsageError(`the option ${name} is ${shown(value)}: must be a number above 0`);
}

function knownGeometry(geometry: GeometryChoice, capabilities: Capabilities): GeometryChoice {
  if (geometry === 'mixed') return geometry;
  if (typeof geometry === 'string' && !geometryNames.includes(geometry)) {
    const near = didYouMean(geometry, geometryNames);
    throw new UsageError(
      `there is no geometry ${shown(geometry)}${near === '' ? `: use ${geometryNames.join(', ')}, or sizes` : near}`,
    );
  }
  if (typeof geometry !== 'string' && (typeof geometry !== 'object' || geometry === null))
    throw new UsageError(
      `the option geometry is ${shown(geometry)}: use ${geometryNames.join(', ')}, or sizes`,
    );
  const sizes = typeof geometry === 'string' ? presetGeometries[geometry] : geometry;
  const problem = geometryProblem(sizes, capabilities);
  if (problem !== null) throw new UsageError(`the option geometry: ${problem}`);
  return geometry;
}

/** Runners have realms of their own, in which another class of the same name makes signals. */
function knownSignal(signal: AbortSignal): AbortSignal {
  const isOne =
    typeof signal === 'object' &&
    signal !== null &&
    typeof signal.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function';
  if (isOne) return signal;
  throw new UsageError(`the option signal is ${shown(signal)}: must be an AbortSignal`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
