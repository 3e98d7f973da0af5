/** One system for several who ask: each has it for itself when those before are done. */
export class Turns {
  /** Settles when what was asked before is done. */
  #last: Promise<unknown> = Promise.resolve();

  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
