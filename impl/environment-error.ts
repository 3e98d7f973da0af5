/**
 * Something that this machine lacks or holds wrongly: a binary, a version, a free path. The message is one line that
 * says what is wrong and what to do; the command line ends with exit code 3.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}
