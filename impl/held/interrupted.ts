/** The user has asked to end: what a system has not answered by then is no longer waited for. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('it was interrupted');
  }
}

/** Awaits what may never come: an abort rejects all of it with `Interrupted`. */
export class Awaited {
  readonly #signal: AbortSignal;
  readonly #rejects = new Set<(error: Error) => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    // One listener for all: a promise that never settles would keep whatever was raced against it.
    signal.addEventListener('abort', () => {
      for (const reject of this.#rejects) reject(new Interrupted());
      this.#rejects.clear();
    });
  }

  orInterrupted<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#signal.aborted) return Promise.reject(new Interrupted());
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject);
      act()
        .finally(() => this.#rejects.delete(reject))
        .then(resolve, reject);
    });
  }
}

/** What it comes to, or that the user has asked to end. */
export async function unlessInterrupted<Result>(
  act: () => Result | Promise<Result>,
): Promise<Result | 'interrupted'> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Interrupted) return 'interrupted';
    throw error;
  }
}
