/** What counts as right when a system is compared with the model. */

/** `qemu`: what the real binary does, its contradictions to its own documents included. */
export const comparisonModes = ['qemu'] as const;
export type ComparisonMode = (typeof comparisonModes)[number];
