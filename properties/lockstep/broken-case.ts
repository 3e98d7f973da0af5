/** Where an adapter breaks the protocol in the middle of a case, the error says in which: it is not to be lost. */
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import type { Case } from '../cases/case.ts';

/** `error`, which came up while the case was played, at the operation `index` where that is known. Others stay as they are. */
export function inCase(error: unknown, { setup, operations }: Case, index: number | null = null): unknown {
  if (error instanceof AdapterError && error.during === null) {
    error.during = { setup, operations };
    error.operationIndex ??= index;
  }
  return error;
}
