/**
 * Writes of the primary while a held commit takes all the requests that QEMU's NBD client may have on one connection (16,
 * MAX_NBD_REQUESTS of block/nbd.c), so that none is left for them where they would have their effect.
 *
 * Such a write still arrives where reads are served. There it has its effect, and counts as answered; QEMU itself answers
 * it when the commit was let go and the write has arrived a second time, to which nothing is left to do. So the disk is as
 * after a write that is on it and not yet acknowledged, and what QEMU answers in the end is compared.
 */
import type { Outcome } from '../../model/vocabulary.ts';
import type { ServedRequest } from './nbd/nbd-server.ts';

/** What a write has come to; a name fails it. */
type Result = string | null;

type Write = Omit<ServedRequest, 'exportName'>;

interface Awaited {
  readonly write: Write;
  readonly faultOf: (request: ServedRequest) => Result;
  readonly arrived: (result: Result) => void;
}

export class EarlyWrites {
  #awaited: Awaited | null = null;
  #again: { readonly request: ServedRequest; readonly result: Result }[] = [];
  #broken: string | null = null;

  /**
   * Settles with what this write comes to when it arrives where reads are served; `faultOf` says whether it fails. Those of
   * the commit arrive there too, and may be late.
   */
  next(write: Write, faultOf: Awaited['faultOf']): Promise<Result> {
    return new Promise((arrived) => {
      this.#awaited = { write, faultOf, arrived };
    });
  }

  /** No write is awaited any more. */
  cancel(): void {
    this.#awaited = null;
  }

  /** Whether a write that arrives where reads are served has its effect there. */
  takes(request: ServedRequest): boolean {
    const awaited = this.#awaited;
    if (awaited === null || !isSame(awaited.write, request)) return false;
    this.#awaited = null;
    const result = awaited.faultOf(request);
    this.#again.push({ request: { ...request, bytes: Buffer.from(request.bytes) }, result });
    awaited.arrived(result);
    return result === null;
  }

  /** What a write that arrives a second time has come to; undefined for any other. It is not known any more then. */
  resultOf(request: ServedRequest): Result | undefined {
    const place = this.#again.findIndex(({ request: known }) => isSame(known, request));
    return place < 0 ? undefined : this.#again.splice(place, 1)[0]?.result;
  }

  /** Compares what QEMU answers in the end. */
  owes(answer: Promise<Outcome>, told: Outcome): void {
    void this.#compare(answer, told);
  }

  async #compare(answer: Promise<Outcome>, told: Outcome): Promise<void> {
    try {
      const { kind } = await answer;
      if (kind !== told.kind) this.#broken = `a write that came to ${told.kind} was answered ${kind}`;
    } catch {
      // Whoever waits for QEMU finds that it is gone.
    }
  }

  /** An answer that was not the one that had been foreseen; null where there was none. */
  get broken(): string | null {
    return this.#broken;
  }

  forget(): void {
    this.#awaited = null;
    this.#again = [];
    this.#broken = null;
  }
}

function isSame(one: Write, other: Write): boolean {
  return (
    one.command === other.command &&
    one.offsetBytes === other.offsetBytes &&
    one.lengthBytes === other.lengthBytes &&
    one.bytes.equals(other.bytes)
  );
}
