/** The QEMU process is gone, silent, or says what nothing here expects. */
import { SystemLost } from '../../system-lost.ts';
import type { LossKind } from '../../system-lost.ts';

/** What can happen to a process that is not ours. */
type QemuLossKind = Extract<LossKind, 'crash' | 'hang' | 'hangup' | 'nonsense' | 'refusal'>;

const told: Readonly<Record<QemuLossKind, string>> = {
  crash: 'crashed',
  hang: 'hung',
  hangup: 'ended a connection and lives',
  nonsense: 'said what cannot be understood',
  refusal: 'refused what must succeed',
};

/** The real binary was lost in the middle of a case: a finding, not an error of the environment. */
export class QemuLost extends SystemLost {
  /** What was seen of it, in one line. */
  readonly detail: string;

  constructor(how: QemuLossKind, detail: string, stderr: string, context: readonly string[] = []) {
    super(how, `QEMU ${told[how]}: ${detail}`, stderr, context);
    this.name = 'QemuLost';
    this.detail = detail;
  }
}

/** A connection to QEMU ended, or stayed silent for too long, while something waited for an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly how: 'crash' | 'hang';

  constructor(how: 'crash' | 'hang', message: string) {
    super(message);
    this.how = how;
  }
}

/** QEMU answered, and not as it can: a case cannot go on behind that. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly how: 'nonsense' | 'refusal';

  constructor(how: 'nonsense' | 'refusal', message: string) {
    super(message);
    this.how = how;
  }
}

/** What QEMU is to blame for. */
export type ErrorOfQemu = ConnectionLost | UnexpectedAnswer;

export function isOfQemu(error: unknown): error is ErrorOfQemu {
  return error instanceof ConnectionLost || error instanceof UnexpectedAnswer;
}
