/** Which block drivers a binary was built with, and what cannot be tested without one. */
import { execFile } from 'node:child_process';
import { EnvironmentError } from '../../environment-error.ts';
import type { Defect } from '../../../model/vocabulary.ts';

/** What every case is made of. */
const REQUIRED = ['replication', 'quorum', 'blkdebug', 'nbd', 'raw', 'qcow2', 'file'];

const ofDefects: readonly (readonly [Defect, readonly string[]])[] = [
  ['makeEmptyUnsupported', ['qed']],
  ['hiddenCannotBeEmptied', ['qed']],
  ['hiddenWriteUnshared', ['copy-before-write', 'null-co']],
  ['secondaryWriteUnshared', ['copy-before-write', 'null-co']],
  ['secondaryBusy', ['null-co']],
];

/** A binary that takes longer to list its formats is asked nothing. */
const ANSWER_MS = 10_000;

export interface DefectLeftOut {
  readonly defect: Defect;
  /** The drivers that it needs and the binary lacks. */
  readonly formats: readonly string[];
}

/**
 * The defects that this binary cannot be given; none where it does not say what it has. Rejects with `EnvironmentError`
 * where a driver is missing that every case needs.
 */
export async function defectsLeftOut(binary: string): Promise<readonly DefectLeftOut[]> {
  const formats = await formatsOf(binary);
  if (formats === null) return [];
  const missing = (needed: readonly string[]): string[] => needed.filter((format) => !formats.has(format));
  const lacking = missing(REQUIRED);
  if (lacking.length > 0) {
    throw new EnvironmentError(
      `${binary} was built without the block drivers ${lacking.join(', ')}; use a build that has them`,
    );
  }
  return ofDefects
    .map(([defect, needed]) => ({ defect, formats: missing(needed) }))
    .filter(({ formats: lacked }) => lacked.length > 0);
}

/** Null where the binary does not run or says something else: whoever starts it reports that better. */
function formatsOf(binary: string): Promise<ReadonlySet<string> | null> {
  return new Promise((resolve) => {
    const words = ['-machine', 'none', '-nodefaults', '-display', 'none', '-drive', 'format=help'];
    // The exit code says nothing: a list is no machine that could be started.
    execFile(binary, words, { timeout: ANSWER_MS, killSignal: 'SIGKILL' }, (_error, stdout) => {
      const listed = /^Supported formats: (.*)$/m.exec(stdout)?.[1];
      resolve(listed === undefined ? null : new Set(listed.trim().split(/\s+/)));
    });
  });
}
