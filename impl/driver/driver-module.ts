/** An instance of a compiled driver: its functions by name, its memory, and how a call of it may end. */
import type { CompiledDriver } from './compile/compiled-driver.ts';

type NumberFunction = (...args: number[]) => number;

/** What the ground says when the process that is played dies, in the order of ground.h. */
export const deaths = [
  'error set twice',
  'assertion',
  'reopen without driver',
  'commit without active',
  'endless',
] as const;

export class GroundDeath extends Error {
  override readonly name = 'GroundDeath';
  readonly death: (typeof deaths)[number];
  /** The assertion or message, and its line. */
  readonly what: string;

  constructor(death: (typeof deaths)[number], what: string) {
    super(`${death}: ${what}`);
    this.death = death;
    this.what = what;
  }
}

export class DriverModule {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #memory: WebAssembly.Memory;
  readonly #stackPointer: WebAssembly.Global;
  readonly #stackStart: number;
  #numbers: Int32Array;
  #bytes: Uint8Array;

  constructor({ module }: CompiledDriver) {
    const ground = { die: (death: number, what: number, line: number) => this.#die(death, what, line) };
    const { exports } = new WebAssembly.Instance(module, { ground });
    const { memory, __stack_pointer: stackPointer } = exports;
    if (!(memory instanceof WebAssembly.Memory) || !(stackPointer instanceof WebAssembly.Global))
      throw new TypeError('the module of the driver has no memory or no stack');
    this.#exports = exports;
    this.#memory = memory;
    this.#stackPointer = stackPointer;
    this.#stackStart = stackPointer.value;
    this.#numbers = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  named(name: string): NumberFunction {
    const found = this.#exports[name];
    if (!isFunction(found)) throw new TypeError(`the module of the driver has no ${name}`);
    return found;
  }

  /** All of its memory. A view ends where memory grows: ask again after anything that may have made it. */
  get numbers(): Int32Array {
    if (this.#numbers.byteLength === 0) this.#numbers = new Int32Array(this.#memory.buffer);
    return this.#numbers;
  }

  get bytes(): Uint8Array {
    if (this.#bytes.byteLength === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** The text at an address, up to its final 0. */
  text(address: number): string {
    const { bytes } = this;
    const end = bytes.indexOf(0, address);
    return String.fromCharCode(...bytes.subarray(address, end));
  }

  /** What was called has ended by an exception, and its frames are still on the stack. */
  unwind(): void {
    this.#stackPointer.value = this.#stackStart;
  }

  #die(death: number, what: number, line: number): never {
    throw new GroundDeath(
      deaths[death] ?? 'assertion',
      `${this.text(what)}${line > 0 ? ` (line ${line})` : ''}`,
    );
  }
}

function isFunction(value: unknown): value is NumberFunction {
  return typeof value === 'function';
}
