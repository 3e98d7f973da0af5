/** What an adapter did that the protocol does not allow: nothing it says can be trusted until it is fixed. */
import type { Operation } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { EnvironmentError } from '../environment-error.ts';

/** The message is one line that names the request and says what was wrong with its answer; exit code 3. */
export class AdapterError extends EnvironmentError {
  /** The operation of the case whose answer it was, where that is known. */
  operationIndex: number | null;
  /** The number of the request that was answered so, where that is known. */
  requestId: number | null = null;
  /** The case that was played, where there was one: whoever runs it says so. */
  during: PlayedCase | null = null;

  constructor(message: string, operationIndex: number | null = null) {
    super(message);
    this.operationIndex = operationIndex;
  }
}

interface PlayedCase {
  readonly setup: Setup;
  readonly operations: readonly Operation[];
}

/** A value in an answer that is not what the protocol says; the message says where and what, not yet in whose answer. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  /** Of a whole case: at which of its operations. */
  readonly operationIndex: number | null;

  constructor(message: string, operationIndex: number | null = null) {
    super(message);
    this.operationIndex = operationIndex;
  }
}
