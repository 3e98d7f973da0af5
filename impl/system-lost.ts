/** The process behind a system is gone, silent or answers nonsense in the middle of a case: a finding about the system. */

/**
 * `crash`: it died. `hang`: it left something unanswered. `hangup`: it lives, and has ended a connection. `nonsense`: it
 * answered what nobody can understand. `refusal`: it refused what must succeed.
 */
export const lossKinds = ['crash', 'hang', 'hangup', 'nonsense', 'refusal'] as const;
export type LossKind = (typeof lossKinds)[number];

export class SystemLost extends Error {
  readonly how: LossKind;
  /** What the process said last on its error output. */
  readonly stderr: string;
  /** Lines that say in what state it was when it was lost. */
  readonly context: readonly string[];
  /** How many operations of the case it had answered, where that is known. */
  answeredCount: number | null = null;

  constructor(how: LossKind, message: string, stderr = '', context: readonly string[] = []) {
    super(message);
    this.name = 'SystemLost';
    this.how = how;
    this.stderr = stderr;
    this.context = context;
  }
}
