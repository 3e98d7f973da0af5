/** The command cannot be carried out as it was typed; the message says what is wrong and what to do. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
