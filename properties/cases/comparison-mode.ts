/** What counts as right when a system is compared with the model: a profile of it (model/deviations.ts), by its name. */
import { asQemu, changes, deviations, otherwise, profiles } from '../../model/deviations.ts';
import type { DeviationName, Follow, Profile } from '../../model/deviations.ts';

/**
 * `qemu`: what the real binary does (7.2), its contradictions to its own documents included; a version that has fixed
 * some of them is a mode of its own. `document`: at each deviation a system may do as the document says instead.
 */
export const comparisonModes = ['qemu', 'qemu-11.1', 'document'] as const;

/** A binary that has no name here is named by where it goes another way than 7.2: `qemu+NAME+NAME`. */
export type ComparisonMode = (typeof comparisonModes)[number] | `${typeof PLUS}${string}`;

const PLUS = 'qemu+';

/** For messages. */
export const comparisonChoices = `${comparisonModes.join(', ')}, or qemu+NAME+... with names of docs/deviations.md`;

export type MendableName = keyof typeof deviations;
export type ChangeName = keyof typeof changes;

export const deviationNames: readonly MendableName[] = Object.keys(deviations).filter(
  (name): name is MendableName => Object.hasOwn(deviations, name),
);

export const changeNames: readonly ChangeName[] = Object.keys(changes).filter((name): name is ChangeName =>
  Object.hasOwn(changes, name),
);

/** Where there is another way than that of 7.2. */
export function hasOtherWay(name: DeviationName): boolean {
  return otherwise([name])(name).length > 0;
}

const known: readonly DeviationName[] = [...deviationNames, ...changeNames].filter(hasOtherWay);

/** Null for what is no comparison. */
export function parseComparison(text: string): ComparisonMode | null {
  const mode = comparisonModes.find((each) => each === text);
  if (mode !== undefined) return mode;
  if (!text.startsWith(PLUS)) return null;
  const names = text.slice(PLUS.length).split('+');
  const found = known.filter((name) => names.includes(name));
  return found.length === names.length ? comparisonOf(found) : null;
}

/** Of a binary that goes another way than 7.2 at these. */
export function comparisonOf(names: readonly DeviationName[]): ComparisonMode {
  return names.length === 0 ? 'qemu' : `${PLUS}${names.toSorted().join('+')}`;
}

export function profileOf(comparison: ComparisonMode): Profile {
  return isNamed(comparison) ? profiles[comparison] : otherwise(namesOf(comparison));
}

/** The expected way at each deviation. */
export function wayOf(comparison: ComparisonMode): Follow {
  // The model knows this one again, which makes a step half as long.
  if (comparison === 'qemu') return asQemu;
  const profile = profileOf(comparison);
  return (deviation) => profile(deviation)[0] ?? 0;
}

/** Where a system must go another way than 7.2, if it is judged so. */
export function namesOf(comparison: ComparisonMode): readonly DeviationName[] {
  if (!isNamed(comparison))
    return known.filter((name) => comparison.slice(PLUS.length).split('+').includes(name));
  return known.filter((name) => !profiles[comparison](name).includes(0));
}

/** Whether a run is right that does all as 7.2. */
export function allowsQemu(comparison: ComparisonMode): boolean {
  return namesOf(comparison).length === 0;
}

/** Only of a version that has a name it is known which text it answers with where the document gives none. */
export function acceptsAnyText(comparison: ComparisonMode): boolean {
  return comparison === 'document' || !isNamed(comparison);
}

function isNamed(comparison: ComparisonMode): comparison is (typeof comparisonModes)[number] {
  return comparisonModes.some((mode) => mode === comparison);
}
