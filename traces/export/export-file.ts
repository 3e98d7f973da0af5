/** Writes an exported trace: whole or not at all. */
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { TraceError } from '../format/trace-error.ts';

/** What stood there before stays until all is written. Throws a `TraceError` where the file cannot be written. */
export function writeExport(path: string, lines: Iterable<string>, mode = 0o666): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(beside, 'w', mode);
    try {
      for (const line of lines) writeFileSync(file, `${line}\n`);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new TraceError(`cannot write ${path}: ${reason}. Name a folder that can be written.`);
  }
}
