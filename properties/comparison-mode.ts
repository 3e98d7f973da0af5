/** What counts as right when a system is compared with the model: a profile of it (model/deviations.ts). */

/**
 * `qemu`: what the real binary does (7.2), its contradictions to its own documents included; a version that has mended
 * some of them is a mode of its own. `document`: at each deviation a system may do as the document says instead.
 */
export const comparisonModes = ['qemu', 'qemu-11.1', 'document'] as const;
export type ComparisonMode = (typeof comparisonModes)[number];

/** Whether a run is right that does all as 7.2. */
export function allowsQemu(comparison: ComparisonMode): boolean {
  return comparison !== 'qemu-11.1';
}
