/** The process behind a system is gone, silent or answers nonsense in the middle of a case: a finding about the system. */

/**
 * `crash`: it died, or threw. `hang`: it left something unanswered. `hangup`: it lives, and has ended a connection. `nonsense`: it
 * answered what nobody can understand. `refusal`: it refused what must succeed. Of systems in a process of
 * ours: `exit`: it ended the process; `throws-later`, `rejects-later`: when nobody waited for it; `prints`: where only we
 * print; `recursion`: without end; `memory`: it took too much; `unreadable`: its answer throws when it is read.
 */
export const lossKinds = [
  'crash',
  'hang',
  'hangup',
  'nonsense',
  'refusal',
  'exit',
  'throws-later',
  'rejects-later',
  'prints',
  'recursion',
  'memory',
  'unreadable',
] as const;
export type LossKind = (typeof lossKinds)[number];

export class SystemLost extends Error {
  readonly how: LossKind;
  /** What the process said last on its error output. */
  readonly stderr: string;
  /** Lines that say in what state it was when it was lost. */
  readonly context: readonly string[];
  /** How many operations of the case it had answered, where that is known. */
  answeredCount: number | null = null;
  /** With which code its process ended, where it did. */
  exitCode: number | null = null;
  /** Only the case is lost: the process goes on with the next one. */
  isProcessThere = false;

  constructor(how: LossKind, message: string, stderr = '', context: readonly string[] = []) {
    super(message);
    this.name = 'SystemLost';
    this.how = how;
    this.stderr = stderr;
    this.context = context;
  }
}
