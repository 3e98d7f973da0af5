/** A trace that cannot be read or written; the message is one line with the place and the remedy. */
export class TraceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TraceError';
  }
}
