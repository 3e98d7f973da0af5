/** The QEMU process is gone or silent. */
import { SystemLost } from '../system-lost.ts';

/** How a QEMU process was lost: it died by itself, or it left a request unanswered and was killed. */
export type LossKind = 'crash' | 'hang';

/** The real binary crashed or hung in the middle of a case: a finding, not an error of the environment. */
export class QemuLost extends SystemLost {
  /** What was seen of it, in one line. */
  readonly detail: string;

  constructor(how: LossKind, detail: string, stderr: string) {
    super(how, `QEMU ${how === 'crash' ? 'crashed' : 'hung'}: ${detail}`, stderr);
    this.name = 'QemuLost';
    this.detail = detail;
  }
}

/** A connection to QEMU ended, or stayed silent for too long, while something waited for an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly how: LossKind;

  constructor(how: LossKind, message: string) {
    super(message);
    this.how = how;
  }
}
