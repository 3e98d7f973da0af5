/** What each operation of one node does step by step, with others in flight. */
import type { Operation, OperationAtNode } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import type { ReplicationHost } from '../node/replication-host.ts';
import { aborted } from '../node/outcomes.ts';
import { DataSteps } from './data-steps.ts';
import { answeredAtOnce, STATION, type Steps, type Submitted } from './steps.ts';

/** Applies an operation at one instant. */
export type Apply = (operation: Operation) => Outcome;

export class NodeSteps extends DataSteps {
  /** Those that have begun. */
  readonly present: Submitted[] = [];
  /** The step of the commit that has the node drained, so as to end the job. */
  ending: Submitted | null = null;

  *run(owner: Submitted, operation: OperationAtNode, host: ReplicationHost, apply: Apply): Steps {
    while (this.ending !== null) yield [this.ending];
    this.present.push(owner);
    const outcome = yield* this.steps(owner, operation, host, apply);
    this.present.splice(this.present.indexOf(owner), 1);
    return outcome;
  }

  steps(owner: Submitted, operation: OperationAtNode, host: ReplicationHost, apply: Apply): Steps {
    if (host.dead !== null && operation.op !== 'open') return answeredAtOnce(aborted(host.dead));
    switch (operation.op) {
      case 'guestRead':
        return this.guestRead(operation);
      case 'guestWrite':
        return this.guestWrite(owner, operation, operation.tag);
      case 'guestWriteZeroes':
        return this.guestWriteZeroes(owner, operation);
      case 'primaryRead':
        return this.primaryRead(operation);
      case 'primaryWrite':
        return this.primaryWrite(owner, operation, operation.tag);
      case 'primaryWriteZeroes':
        return this.primaryWriteZeroes(owner, operation);
      case 'primaryDiscard':
        return this.primaryDiscard(operation);
      case 'commitAdvance':
        return this.commitAdvance(owner);
      default:
        return this.applied(operation, apply);
    }
  }

  *applied(operation: OperationAtNode, apply: Apply): Steps {
    yield STATION;
    return apply(operation);
  }

  /**
   * The step that may end the job first drains the node, and looks at what is dirty only then: a guest write in flight may
   * have something written again (block/mirror.c, mirror_run: in_drain).
   */
  *commitAdvance(owner: Submitted): Steps {
    yield STATION;
    if (this.mayEndCommit()) {
      this.ending = owner;
      for (let others = this.othersPresent(owner); others.length > 0; others = this.othersPresent(owner)) {
        yield others;
      }
      this.ending = null;
    }
    return this.node.commitAdvance();
  }

  /** Where something is bad any step may fail. */
  mayEndCommit(): boolean {
    const { bad, commitJob, commitJobRuns } = this.node;
    return commitJobRuns && (commitJob.isEnding || !bad.isEmpty);
  }

  othersPresent(owner: Submitted): Submitted[] {
    return this.present.filter((each) => each !== owner);
  }
}
