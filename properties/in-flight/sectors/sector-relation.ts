/** In which units a neighbour of a sector is, as bits; without any it is the sector itself. */
export const sameActiveCluster = 1;
export const sameCopyUnit = 2;
export const sameCommitUnit = 4;
