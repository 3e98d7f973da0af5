/**
 * What a system does to the process that it runs in, beside answering: ends it, throws or rejects when nobody waits for it
 * any more, prints where others print. Each counts for the operation that began it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fstatSync, readSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { LossKind } from '../system-lost.ts';
import { quoted, thrownText, bounded } from '../printed-text.ts';

export interface SideEffect {
  readonly how: LossKind;
  readonly detail: string;
  /** Where it was begun. */
  readonly mark: Mark;
}

/** An operation of a case. */
export interface Mark {
  readonly caseNumber: number;
  readonly operation: number;
}

/** Timers that a system has left behind are waited for so long; where they never end, only a few times. */
const LATE_MS = 200;
const VAIN_WAITS_MAX = 3;

class ExitCalled extends Error {
  override readonly name = 'ExitCalled';
}

export class SideEffects {
  readonly #marks = new AsyncLocalStorage<Mark>();
  /** A file that is the standard output of this process. */
  readonly #output: number | null;
  #inHand: Mark | null = null;
  #first: SideEffect | null = null;
  #printedBytes = 0;
  #vainWaits = 0;
  #timersBefore = 0;
  readonly #listening = new Map<'uncaughtException' | 'unhandledRejection', (...args: unknown[]) => void>();
  #uninstall = (): void => {};

  /** `output` is given where nothing but the system prints. */
  constructor(output: number | null = null) {
    this.#output = output;
  }

  install(): void {
    this.#printedBytes = this.#outputBytes();
    const restore = [
      ...(['exit', 'reallyExit', 'abort', 'kill'] as const).map((name) => this.#guardEnd(name)),
      ...(['uncaughtException', 'unhandledRejection'] as const).map((event) => this.#listen(event)),
    ];
    this.#uninstall = () => {
      for (const undo of restore) undo();
    };
  }

  uninstall(): void {
    this.#uninstall();
    this.#uninstall = () => {};
  }

  /** Runs a call of the system. */
  within<Result>(mark: Mark, act: () => Result): Result {
    if (this.#inHand === null) this.#timersBefore = timersRunning();
    this.#inHand = mark;
    return this.#marks.run(mark, act);
  }

  /** What came to light until nothing that the last call has begun is on its way any more, as far as that can be known. */
  async settled(): Promise<SideEffect | null> {
    // The system may have sent them away; what it has begun comes to light only in the next turn.
    for (const [event, listener] of this.#listening)
      if (!process.rawListeners(event).includes(listener)) process.on(event, listener);
    await turn();
    if (this.#vainWaits < VAIN_WAITS_MAX && timersRunning() > this.#timersBefore) await this.#waitForTimers();
    this.#noteOutput();
    const effect = this.#first;
    this.#first = null;
    this.#inHand = null;
    return effect;
  }

  async #waitForTimers(): Promise<void> {
    const late = AbortSignal.timeout(LATE_MS);
    while (this.#first === null && !late.aborted && timersRunning() > this.#timersBefore) await turn();
    if (late.aborted) this.#vainWaits++;
  }

  #note(how: LossKind, detail: string): boolean {
    const mark = this.#marks.getStore() ?? this.#inHand;
    if (mark === null) return false;
    this.#first ??= { how, detail, mark };
    return true;
  }

  #outputBytes(): number {
    return this.#output === null ? 0 : fstatSync(this.#output).size;
  }

  #noteOutput(): void {
    const size = this.#outputBytes();
    if (this.#output === null || size <= this.#printedBytes) return;
    const bytes = Buffer.alloc(Math.min(size - this.#printedBytes, 1024));
    readSync(this.#output, bytes, 0, bytes.length, this.#printedBytes);
    const count = size - this.#printedBytes;
    this.#printedBytes = size;
    this.#note(
      'prints',
      `it printed ${count} bytes (stderr is for that): ${bounded(bytes.toString('utf8'))}`,
    );
  }

  /** Every way in which a call of the system can end the process becomes an error thrown in that call. */
  #guardEnd(name: 'exit' | 'reallyExit' | 'abort' | 'kill'): () => void {
    const original: unknown = Reflect.get(process, name);
    if (typeof original !== 'function') return () => {};
    const guarded = (...args: unknown[]): unknown => {
      // Outside of the system's own calls it is the user, or this program, who ends it.
      const isOfSystem = this.#marks.getStore() !== undefined && (name !== 'kill' || args[0] === process.pid);
      if (!isOfSystem) return Reflect.apply(original, process, args);
      this.#note('exit', `it called process.${name}(${args.map(quoted).join(', ')})`);
      throw new ExitCalled('a system may not end the process');
    };
    Reflect.set(process, name, guarded);
    syncBuiltinESMExports();
    return () => {
      Reflect.set(process, name, original);
      syncBuiltinESMExports();
    };
  }

  /** Takes the place of whoever listens, and hands on to them what is not of the system. */
  #listen(event: 'uncaughtException' | 'unhandledRejection'): () => void {
    const others = process.rawListeners(event);
    const how = event === 'uncaughtException' ? 'throws-later' : 'rejects-later';
    const what =
      how === 'throws-later' ? 'it threw when nobody called it' : 'it left a rejected promise behind';
    const listener = (error: unknown, origin?: unknown): void => {
      if (error instanceof ExitCalled || this.#note(how, `${what}: ${thrownText(error)}`)) return;
      for (const other of others) Reflect.apply(other, process, [error, origin]);
      if (others.length > 0) return;
      this.uninstall();
      // With nobody listening any more the process ends as it would have.
      setImmediate(() => {
        throw error;
      });
    };
    process.removeAllListeners(event);
    process.on(event, listener);
    this.#listening.set(event, listener);
    return () => {
      this.#listening.delete(event);
      process.removeListener(event, listener);
      for (const other of others) addListener(event, other);
    };
  }
}

/** The same function again, so that whoever added it can take it away. */
function addListener(event: string, listener: unknown): void {
  const add: unknown = Reflect.get(process, 'on');
  if (typeof add === 'function') Reflect.apply(add, process, [event, listener]);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function timersRunning(): number {
  let count = 0;
  for (const resource of process.getActiveResourcesInfo()) if (resource === 'Timeout') count++;
  return count;
}
