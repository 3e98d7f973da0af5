/** The process behind a system is gone or silent in the middle of a case: a finding about the system, not a usage error. */
export class SystemLost extends Error {
  readonly how: 'crash' | 'hang';
  /** What the process said last on its error output. */
  readonly stderr: string;
  /** How many operations of the case it had answered, where that is known. */
  answeredCount: number | null = null;

  constructor(how: 'crash' | 'hang', message: string, stderr = '') {
    super(message);
    this.name = 'SystemLost';
    this.how = how;
    this.stderr = stderr;
  }
}
