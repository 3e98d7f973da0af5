/** The last lines that a process wrote on its error output. */
import type { Readable } from 'node:stream';
import { bounded } from '../printed-text.ts';

const LINES_SHOWN = 5;
const CHARACTERS_KEPT = 4096;

export class ErrorTail {
  #text = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-CHARACTERS_KEPT);
    });
  }

  /** On one line; empty where nothing was said. */
  lastLines(): string {
    const lines = this.#text.split('\n').map((line) => line.trim());
    return lines
      .filter((line) => line !== '')
      .slice(-LINES_SHOWN)
      .map((line) => bounded(line))
      .join(' | ');
  }
}
