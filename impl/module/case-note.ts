/** The case in hand, noted on disk before it is run: whatever a system does to its process, the case is there. */
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { Operation } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';

/** At a fixed place of the file: wide enough for any number. */
const STEP_DIGITS = 10;

/** The file is a trace, with the operation in hand as its step. */
export class CaseNote {
  readonly path: string;
  readonly #head: string;
  readonly #stepAt: number;
  #file: number | null = null;

  constructor(path: string, system: string) {
    this.path = path;
    const found = JSON.stringify({ system, divergence: 'its process ended while this case was played' });
    this.#head = `{"format":"colocheck-trace","version":2,"comparison":"qemu","found":${found.slice(0, -1)},"step":`;
    this.#stepAt = Buffer.byteLength(this.#head);
  }

  begin(setup: Setup, operations: readonly Operation[]): void {
    this.#file ??= openSync(this.path, 'w');
    const text = `${this.#head}${padded(0)}},"setup":${JSON.stringify(setup)},"operations":${JSON.stringify(operations)}}\n`;
    ftruncateSync(this.#file, writeSync(this.#file, text, 0));
  }

  /** The operation of that index comes next. */
  at(index: number): void {
    if (this.#file !== null) writeSync(this.#file, padded(index), this.#stepAt);
  }

  remove(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    rmSync(this.path, { force: true });
  }
}

function padded(index: number): string {
  return String(index).padStart(STEP_DIGITS);
}

/** The index of the operation in hand; null where no case was noted. */
export function notedStep(path: string): number | null {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const step = /"step": *(\d+)\}/.exec(text)?.[1];
  return step === undefined ? null : Number(step);
}
