/** What counts as right when a system is compared with the model: a profile of it (model/deviations.ts), by its name. */
import { deviations, mending, profiles } from '../model/deviations.ts';
import type { DeviationName, Follow, Profile } from '../model/deviations.ts';

/**
 * `qemu`: what the real binary does (7.2), its contradictions to its own documents included; a version that has mended
 * some of them is a mode of its own. `document`: at each deviation a system may do as the document says instead.
 */
export const comparisonModes = ['qemu', 'qemu-11.1', 'document'] as const;

/** A binary that has no name here is named by what it has mended: `qemu+NAME+NAME`. */
export type ComparisonMode = (typeof comparisonModes)[number] | `${typeof MENDED}${string}`;

const MENDED = 'qemu+';

/** For messages. */
export const comparisonChoices = `${comparisonModes.join(', ')}, or qemu+NAME+... with names of traces/deviations`;

export const deviationNames: readonly DeviationName[] = Object.keys(deviations).filter(
  (name): name is DeviationName => Object.hasOwn(deviations, name),
);

/** Every deviation at which the document says something else. */
const mendable = deviationNames.filter(isMendable);

export function isMendable(name: DeviationName): boolean {
  return profiles.document(name).length > 1;
}

/** Null for what is no comparison. */
export function parseComparison(text: string): ComparisonMode | null {
  const mode = comparisonModes.find((each) => each === text);
  if (mode !== undefined) return mode;
  if (!text.startsWith(MENDED)) return null;
  const names = text.slice(MENDED.length).split('+');
  const mended = mendable.filter((name) => names.includes(name));
  return mended.length === names.length ? comparisonOf(mended) : null;
}

/** Of a binary that does as the document says at these. */
export function comparisonOf(mended: readonly DeviationName[]): ComparisonMode {
  return mended.length === 0 ? 'qemu' : `${MENDED}${mended.toSorted().join('+')}`;
}

export function profileOf(comparison: ComparisonMode): Profile {
  return isNamed(comparison) ? profiles[comparison] : mending(mendedBy(comparison));
}

/** The expected way at each deviation. */
export function wayOf(comparison: ComparisonMode): Follow {
  const profile = profileOf(comparison);
  return (deviation) => profile(deviation)[0] ?? 0;
}

/** What a binary does as the document says, where it is judged so. */
export function mendedBy(comparison: ComparisonMode): readonly DeviationName[] {
  if (!isNamed(comparison))
    return mendable.filter((name) => comparison.slice(MENDED.length).split('+').includes(name));
  return mendable.filter((name) => !profiles[comparison](name).includes(0));
}

/** Whether a run is right that does all as 7.2. */
export function allowsQemu(comparison: ComparisonMode): boolean {
  return mendedBy(comparison).length === 0;
}

/** Only of a version that has a name it is known which text it answers with where the document gives none. */
export function acceptsAnyText(comparison: ComparisonMode): boolean {
  return comparison === 'document' || !isNamed(comparison);
}

function isNamed(comparison: ComparisonMode): comparison is (typeof comparisonModes)[number] {
  return comparisonModes.some((mode) => mode === comparison);
}
