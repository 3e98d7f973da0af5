/** Reads the lines of a file of any size: what has been read is not kept. */
import { createReadStream } from 'node:fs';
import { TraceError } from '../format/trace-error.ts';

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-';

/** What the nodes show at the largest disks of the format needs less. */
const LINE_BYTES_MAX = 2 ** 28;
const NEWLINE = 0x0a;
/** Some editors put it before the text; JSON does not allow it. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Is given each line with its number; `isEnded` is false for a last line without a line end. */
export type TakeLine = (text: string, number: number, isEnded: boolean) => void;

/** Throws a `TraceError` where the file cannot be read; what `take` throws ends the reading. */
export async function readLines(path: string, take: TakeLine): Promise<void> {
  let rest: readonly Buffer[] = [];
  let number = 0;
  const next: (line: string, isEnded: boolean) => void = (line, isEnded) => {
    const isMarked = number === 0 && line.startsWith(BYTE_ORDER_MARK);
    take(isMarked ? line.slice(BYTE_ORDER_MARK.length) : line, ++number, isEnded);
  };
  for await (const chunk of chunksOf(path)) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      rest = [...rest, chunk];
      requireLine(path, number + 1, rest);
      continue;
    }
    const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    for (const line of text.split('\n')) next(line, true);
    rest = [chunk.subarray(end + 1)];
  }
  const last = Buffer.concat(rest).toString('utf8');
  if (last !== '') next(last, false);
}

function requireLine(path: string, number: number, parts: readonly Buffer[]): void {
  const lengthBytes = parts.reduce((sum, { length }) => sum + length, 0);
  if (lengthBytes > LINE_BYTES_MAX)
    throw new TraceError(
      `${path}:${number}: the line has more than ${LINE_BYTES_MAX} bytes. Write one JSON object a line.`,
    );
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const source = path === STANDARD_INPUT ? process.stdin : createReadStream(path);
  try {
    for await (const chunk of source) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TraceError(`cannot read ${path}: ${reason}. Name an existing log, or - for standard input.`);
  }
}
