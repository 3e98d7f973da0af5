/** The systems under test that a command line can name. */
import { createEfficientSystem } from '../impl/efficient/efficient-system.ts';
import type { System } from '../impl/system.ts';
import { createQemuSystem } from '../impl/qemu/qemu-system.ts';
import { mutants } from '../impl/mutants/catalogue.ts';
import { createMutant, mutantSystemName } from '../impl/mutants/mutant.ts';
import { asyncSubject, syncSubject } from './subject.ts';
import type { Subject } from './subject.ts';

/** `mutant:...` is the efficient implementation with one thing broken on purpose, to see what a failure looks like. */
export const subjectNames = ['impl', 'qemu', ...mutants.map(mutantSystemName)];

export interface SubjectOptions {
  /** Path or name of the QEMU binary; undefined looks for `qemu-system-x86_64` on the PATH. */
  readonly qemuBinary?: string;
}

/** `name` is one of `subjectNames`. Whether a QEMU is there shows only when its first case is loaded. */
export function openSubject(name: string, { qemuBinary }: SubjectOptions = {}): Subject {
  if (name === 'qemu') {
    return asyncSubject(createQemuSystem(qemuBinary === undefined ? {} : { binary: qemuBinary }));
  }
  return syncSubject(openSystem(name));
}

/** The systems that run in this process, and can be searched exhaustively. */
export const systemNames = subjectNames.filter((name) => name !== 'qemu');

/** `name` is one of `systemNames`. */
export function openSystem(name: string): System {
  if (name === 'impl') return createEfficientSystem();
  const mutant = mutants.find((known) => mutantSystemName(known) === name);
  if (mutant === undefined)
    throw new Error(`there is no system ${name}: use one of ${subjectNames.join(', ')}`);
  return createMutant(mutant);
}
