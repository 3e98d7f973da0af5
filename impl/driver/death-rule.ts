/** By which rule the process has died that the driver plays in; what is no known death is a finding of its own. */
import type { Operation } from '../../model/operations.ts';
import { stages } from '../../model/vocabulary.ts';
import type { AbortRule } from '../../model/vocabulary.ts';
import { GroundDeath } from './driver-module.ts';
import type { Ground } from './ground.ts';

/** Throws what was thrown where no rule is known for it, told in one line. */
export function ruleOfDeath(error: unknown, operation: Operation, ground: Ground): AbortRule {
  if (error instanceof GroundDeath) {
    if (error.death === 'error set twice' && isStart(operation)) return 'startAfterFailedStart';
    if (error.death === 'reopen without driver') return 'reopenWithHiddenEjected';
    if (error.death === 'commit without active') return 'failoverWithActiveEjected';
    throw new Error(`the driver dies in ${operation.op}: ${error.message}`, { cause: error });
  }
  if (error instanceof WebAssembly.RuntimeError) {
    if (operation.op === 'close' && lacksCommitJob(operation.node ?? 0, ground))
      return 'closeWithoutCommitJob';
    throw new Error(`the driver dies in ${operation.op}: ${trapText(error)}`, { cause: error });
  }
  throw error;
}

function isStart(operation: Operation): boolean {
  return operation.op === 'start' || (operation.op === 'setReplication' && operation.enable);
}

function lacksCommitJob(node: number, ground: Ground): boolean {
  return (ground.control(node) & 7) === stages.indexOf('failover') && ground.hasCommitJob(node) === 0;
}

/** A null pointer is a trap that the compiler puts there. */
function trapText({ message }: WebAssembly.RuntimeError): string {
  return message === 'unreachable' ? 'a null pointer is followed' : message;
}
