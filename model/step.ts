/** One operation applied to one state: the whole specification, total and pure. */
import { advanceCommit, settleCommit } from './failover.ts';
import { ok, processDied } from './outcome.ts';
import * as request from './request.ts';
import * as stage from './stage.ts';
import type { State, Step } from './state.ts';
import type { Operation } from './vocabulary.ts';

/** A process that died answers nothing until `open` reaches a new one. */
export function step(state: State, operation: Operation): Step {
  if (state.node.stage === 'aborted' && operation.op !== 'open') return { state, outcome: processDied };
  switch (operation.op) {
    case 'open':
      return stage.open(state);
    case 'start':
      return stage.start(state, operation.mode);
    case 'checkpoint':
      return stage.checkpoint(state);
    case 'getError':
      return { state, outcome: stage.getError(state.node) };
    case 'stop':
      return stage.stop(state, operation.failover);
    case 'close':
      return stage.close(state);
    case 'guestRead':
      return request.guestRead(state, operation);
    case 'guestWrite':
      return request.guestWrite(state, operation);
    case 'guestWriteZeroes':
      return request.guestWriteZeroes(state, operation);
    case 'guestDiscard':
      return request.guestDiscard(state, operation);
    case 'guestFlush':
      return request.guestFlush(state);
    case 'primaryRead':
      return request.primaryRead(state, operation);
    case 'primaryWrite':
      return request.primaryWrite(state, operation);
    case 'primaryWriteZeroes':
      return request.primaryWriteZeroes(state, operation);
    case 'primaryDiscard':
      return request.primaryDiscard(state, operation);
    case 'primaryFlush':
      return request.primaryFlush(state);
    case 'commitAdvance':
      return { state: advanceCommit(state), outcome: ok };
    case 'commitSettle':
      return { state: settleCommit(state), outcome: ok };
  }
}
