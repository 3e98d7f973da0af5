/** QEMU's answers as outcomes: what changes from run to run, names of files and of generated nodes, is left out. */
import type { Operation } from '../../../model/operations.ts';
import type { AbortRule, Outcome } from '../../../model/vocabulary.ts';
import type { QmpReply } from '../process/qmp-client.ts';

/** The outcome of a QMP command whose value says nothing. */
export function qmpOutcome(reply: QmpReply): Outcome {
  return reply.kind === 'return' ? { kind: 'ok' } : errorOutcome(reply.desc);
}

/** Of a command that opens or deletes nodes. */
export function openingOutcome(reply: QmpReply): Outcome {
  if (reply.kind === 'return') return { kind: 'ok' };
  return errorOutcome(reply.desc.replace(/^Failed to connect to '[^']*'/, "Failed to connect to 'peer'"));
}

/** Of a command that may have tried to empty the overlay `emptied`, which stands in the place of its file name. */
export function emptyingOutcome(reply: QmpReply, emptied: string | null): Outcome {
  const outcome = qmpOutcome(reply);
  const failed = outcome.kind === 'error' ? /^Failed to empty .*: (.*)$/s.exec(outcome.message) : null;
  return failed === null || emptied === null
    ? outcome
    : errorOutcome(`Failed to empty ${emptied}: ${failed[1]}`);
}

function errorOutcome(message: string): Outcome {
  return { kind: 'error', message: message.replaceAll(/#block\d+/g, '#block') };
}

/** How a process ended by itself, and what it said last. */
export interface Death {
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/**
 * The rule by which a process died that was given `operation`; null where its death has no known cause. Of a violated
 * assertion the text decides: any other one is a finding, whatever it was that came to it.
 */
export function abortRule(operation: Operation, { signal, said }: Death): AbortRule | null {
  switch (operation.op) {
    case 'start':
      return startRule(signal, said);
    case 'stop':
      return stopRule(signal);
    case 'setReplication':
      return operation.enable ? startRule(signal, said) : stopRule(signal);
    case 'close':
      return signal === 'SIGSEGV' ? 'closeWithoutCommitJob' : null;
    default:
      return null;
  }
}

/**
 * Of a start that finds the blocker of one that failed: `error_setv: Assertion `*errp == NULL' failed` (util/error.c, the same
 * in 7.2, 10.0 and 11.1); of one of a read-only node: `bdrv_make_empty: Assertion ...` (block.c). The C library frames the
 * words in its own way.
 */
function startRule(signal: NodeJS.Signals | null, said: string): AbortRule | null {
  if (signal !== 'SIGABRT') return null;
  if (said.includes('bdrv_make_empty: Assertion')) return 'startOfReadOnlyNode';
  const isBlocker = said
    .split('\n')
    .some((line) => line.includes('error_setv') && line.includes('*errp == NULL'));
  return isBlocker ? 'startAfterFailedStart' : null;
}

function stopRule(signal: NodeJS.Signals | null): AbortRule | null {
  if (signal === 'SIGSEGV') return 'reopenWithHiddenEjected';
  return signal === 'SIGFPE' ? 'failoverWithActiveEjected' : null;
}
