/** Writes a log as things happen, in pieces of some size. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../properties/jobs/make-folder.ts';
import { TraceError } from '../format/trace-error.ts';
import type { LogLine } from './log-schema.ts';

const PIECE_CHARACTERS = 2 ** 16;

/** Every method throws a `TraceError` where the file cannot be written. */
export class LogFile {
  readonly #path: string;
  readonly #file: number;
  #pending = '';

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#attempt(() => {
      makeFolder(dirname(path));
      return openSync(path, 'w');
    });
  }

  write(line: LogLine): void {
    this.#pending += `${JSON.stringify(line)}\n`;
    if (this.#pending.length >= PIECE_CHARACTERS) this.#flush();
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = '';
    // Unlike one `writeSync` this goes on after a short write, and throws when the disk is full.
    this.#attempt(() => writeFileSync(this.#file, text));
  }

  #attempt<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TraceError(`cannot write ${this.#path}: ${reason}. Name a file that can be written.`);
    }
  }
}
