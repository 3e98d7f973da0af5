/** By which rule the process has died that the driver plays in; what is no known death is a finding of its own. */
import type { Operation } from '../../model/operations.ts';
import { stages } from '../../model/vocabulary.ts';
import type { AbortRule } from '../../model/vocabulary.ts';
import { SystemLost } from '../system-lost.ts';
import { GroundDeath } from './driver-module.ts';
import type { Ground } from './ground.ts';

/** Throws what was thrown where no rule is known for it, reported in one line. */
export function ruleOfDeath(error: unknown, operation: Operation, ground: Ground): AbortRule {
  if (error instanceof GroundDeath) {
    if (error.death === 'error set twice' && isStart(operation)) return 'startAfterFailedStart';
    if (error.death === 'reopen without driver') return 'reopenWithHiddenEjected';
    if (error.death === 'commit without active') return 'failoverWithActiveEjected';
    throw lost(error.death === 'endless' ? 'hang' : 'crash', operation, error.message);
  }
  if (error instanceof WebAssembly.RuntimeError) {
    if (operation.op === 'close' && lacksCommitJob(operation.node ?? 0, ground))
      return 'closeWithoutCommitJob';
    throw lost('crash', operation, trapText(error));
  }
  // It has called itself without end.
  if (isStackOverflow(error)) throw lost('crash', operation, 'the stack overflows');
  throw error;
}

function lost(how: SystemLost['how'], { op }: Operation, what: string): SystemLost {
  return new SystemLost(
    how,
    `the driver ${how === 'hang' ? 'does not come back from' : 'dies in'} ${op}: ${what}`,
  );
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

function isStart(operation: Operation): boolean {
  return operation.op === 'start' || (operation.op === 'setReplication' && operation.enable);
}

function lacksCommitJob(node: number, ground: Ground): boolean {
  return (ground.control(node) & 7) === stages.indexOf('failover') && ground.hasCommitJob(node) === 0;
}

/** The compiler puts traps before both. */
function trapText({ message }: WebAssembly.RuntimeError): string {
  return message === 'unreachable' ? 'a null pointer is followed, or a number divided by 0' : message;
}
