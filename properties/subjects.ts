/** The systems under test that a command line can name. */
import { createEfficientSystem } from '../impl/efficient/efficient-system.ts';
import { createQemuSystem } from '../impl/qemu/qemu-system.ts';
import { asyncSubject, syncSubject } from './subject.ts';
import type { Subject } from './subject.ts';
import { UsageError } from './usage-error.ts';

export const subjectNames = ['impl', 'qemu'] as const;

export interface SubjectOptions {
  /** Path or name of the QEMU binary; undefined looks for `qemu-system-x86_64` on the PATH. */
  readonly qemuBinary?: string;
}

/** Throws a `UsageError` for an unknown name and an `EnvironmentError` where the system cannot be had here. */
export function openSubject(name: string, { qemuBinary }: SubjectOptions = {}): Subject {
  switch (name) {
    case 'impl':
      return syncSubject(createEfficientSystem());
    case 'qemu':
      return asyncSubject(createQemuSystem(qemuBinary === undefined ? {} : { binary: qemuBinary }));
    default:
      throw new UsageError(`there is no system ${name}: use one of ${subjectNames.join(', ')}`);
  }
}
