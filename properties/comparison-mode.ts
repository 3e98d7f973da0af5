/** What counts as right when a system is compared with the model. */

/**
 * `qemu`: what the real binary does, its contradictions to its own documents included. `document`: in each point in which
 * the binary is known to deviate from its design document a system may do as the document says instead.
 */
export const comparisonModes = ['qemu', 'document'] as const;
export type ComparisonMode = (typeof comparisonModes)[number];
