/** Pieces of a job done by several at once, each by whoever is free; what came of them is in the order of the pieces. */

export type Doer<Piece, Done> = (piece: Piece) => Promise<Done>;

/** Ends early where nothing more `isWanted`: what is done by then is returned. Rejects as the first doer does that rejects. */
export async function doneInOrder<Piece, Done>(
  pieces: readonly Piece[],
  doers: readonly Doer<Piece, Done>[],
  isWanted: (piece: Piece, done: number) => boolean,
): Promise<readonly Done[]> {
  const done: (Done | undefined)[] = pieces.map(() => undefined);
  const left = pieces.entries();
  let hasFailed = false;
  const keepBusy = async (doer: Doer<Piece, Done>): Promise<void> => {
    // All draw from the same entries.
    for (const [place, piece] of left) {
      const count = done.filter((each) => each !== undefined).length;
      if (hasFailed || !isWanted(piece, count)) return;
      try {
        done[place] = await doer(piece);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(doers.map(keepBusy));
  return done.flatMap((each) => (each === undefined ? [] : [each]));
}
