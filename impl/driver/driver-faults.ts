/** Faults, as the ground takes them. */
import { accesses, emptyingFaults, jobs, layers } from '../../model/vocabulary.ts';
import type { FaultOperation } from '../../model/operations.ts';
import type { BadSector } from '../../model/vocabulary.ts';
import type { Ground } from './ground.ts';

export function suffer(ground: Ground, index: number, fault: FaultOperation): void {
  switch (fault.op) {
    case 'breakSector':
      breakSector(ground, index, fault);
      return;
    case 'repairSectors':
      ground.repair(index, layers.indexOf(fault.disk));
      return;
    case 'failEmptying':
      ground.failEmptying(index, layers.indexOf(fault.disk), emptyingFaults.indexOf(fault.how) + 1);
      return;
    case 'endJob':
      ground.endJob(index, jobs.indexOf(fault.job));
      return;
    case 'cutLink':
      ground.cutLink(index);
      return;
    case 'restoreLink':
      ground.restoreLink(index);
  }
}

export function breakSector(ground: Ground, index: number, { disk, access, sector }: BadSector): void {
  ground.breakSector(index, layers.indexOf(disk), accesses.indexOf(access), sector);
}
