/** Faults and accidents: what each of them changes. */
import { failCommit, finishRequests } from './failover.ts';
import { ok } from './outcome.ts';
import { withFaults, withNode } from './state.ts';
import type { State, Step } from './state.ts';
import type { FaultOperation } from './operations.ts';

/** Accidents do not ask anybody: each answers ok, also where it changes nothing. */
export function applyFault(state: State, fault: FaultOperation): Step {
  return { state: afterFault(state, fault), outcome: ok };
}

function afterFault(state: State, fault: FaultOperation): State {
  const { faults } = state;
  switch (fault.op) {
    case 'breakSector': {
      const { disk, access, sector } = fault;
      return withFaults(state, { ...faults, badSectors: [...faults.badSectors, { disk, access, sector }] });
    }
    case 'repairSectors': {
      const badSectors = faults.badSectors.filter(({ disk }) => disk !== fault.disk);
      return withFaults(state, { ...faults, badSectors });
    }
    case 'failEmptying':
      return withFaults(state, { ...faults, emptying: { ...faults.emptying, [fault.disk]: fault.how } });
    case 'endJob':
      return fault.job === 'backup' ? endBackup(state) : endCommit(state);
    case 'cutLink':
      return withLink(state, true, 'dead');
    case 'restoreLink':
      return withLink(state, false, 'reconnecting');
  }
}

/** backup_job_completed outside a stop (replication.c:419-430): the stage stays, nothing is copied any more. */
function endBackup(state: State): State {
  if (!state.node.backupJob) return state;
  return withNode(state, { ...state.node, errorFlag: true, backupJob: false });
}

/** A cancelled commit starts nothing more and fails (replication.c:677-679). */
function endCommit(state: State): State {
  const job = state.node.commit;
  return job === null ? state : failCommit(finishRequests(state, job.inFlight));
}

/** The client of an open node notices that the peer is gone at its next request, and reconnects when it is back. */
function withLink(state: State, linkCut: boolean, link: 'dead' | 'reconnecting'): State {
  const { setup, node, faults } = state;
  if (setup.mode === 'secondary' || linkCut === faults.linkCut) return state;
  const cut = withFaults(state, { ...faults, linkCut });
  return node.stage === 'closed' || node.stage === 'aborted' ? cut : withNode(cut, { ...node, link });
}
