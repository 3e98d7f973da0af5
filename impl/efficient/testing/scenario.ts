/** For tests: a loaded system, and operations and their answers in few words. */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, Mode, NodeSetup, Observation, Outcome, Tag } from '../../../model/vocabulary.ts';
import type { System } from '../../system.ts';
import { createEfficientSystem } from '../efficient-system.ts';

/** What every sector of the secondary disk holds at first. */
export const INITIAL = 11;

/** Units of 64 KiB; 200 KiB, so that the last unit of each kind is partial. */
export const REAL: Geometry = {
  lengthSectors: 400,
  sectorBytes: 512,
  activeClusterSectors: 128,
  hiddenClusterSectors: 128,
  copyUnitSectors: 128,
  commitUnitSectors: 128,
};

/** Four clusters of two sectors. */
export const TINY: Geometry = {
  lengthSectors: 8,
  sectorBytes: 8,
  activeClusterSectors: 2,
  hiddenClusterSectors: 2,
  copyUnitSectors: 2,
  commitUnitSectors: 2,
};

/** Every unit differs from every other, and none divides the length. */
export const ODD: Geometry = {
  lengthSectors: 17,
  sectorBytes: 12,
  activeClusterSectors: 5,
  hiddenClusterSectors: 3,
  copyUnitSectors: 6,
  commitUnitSectors: 4,
};

export const OK: Outcome = { kind: 'ok' };
export const EIO: Outcome = { kind: 'errno', errno: 'EIO' };
export const EINVAL: Outcome = { kind: 'errno', errno: 'EINVAL' };

export function error(message: string): Outcome {
  return { kind: 'error', message };
}

export function data(...tags: Tag[]): Outcome {
  return { kind: 'data', tags };
}

export class Scenario {
  readonly system: System;
  readonly setup: NodeSetup;

  constructor(geometry: Geometry, changes: Partial<NodeSetup> = {}) {
    this.setup = {
      mode: 'secondary',
      geometry,
      initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: INITIAL }],
      readOnly: [],
      badSectors: [],
      defects: [],
      commitRequestsMax: 2,
      ...changes,
    };
    this.system = createEfficientSystem();
    this.system.load({ nodes: [this.setup] });
  }

  /** Opened and started in the mode of the setup. */
  static running(geometry: Geometry, changes: Partial<NodeSetup> = {}): Scenario {
    const scenario = new Scenario(geometry, changes);
    scenario.do({ op: 'open' });
    scenario.start(scenario.setup.mode);
    return scenario;
  }

  do(operation: Operation): Outcome {
    return this.system.apply(operation);
  }

  start(mode: Mode = 'secondary'): Outcome {
    return this.do({ op: 'start', mode });
  }

  checkpoint(): Outcome {
    return this.do({ op: 'checkpoint' });
  }

  getError(): Outcome {
    return this.do({ op: 'getError' });
  }

  stop(): Outcome {
    return this.do({ op: 'stop', failover: false });
  }

  failover(): Outcome {
    return this.do({ op: 'stop', failover: true });
  }

  settle(): Outcome {
    return this.do({ op: 'commitSettle' });
  }

  advance(): Outcome {
    return this.do({ op: 'commitAdvance' });
  }

  guestWrite(sector: number, count: number, tag: Tag): Outcome {
    return this.do({ op: 'guestWrite', sector, count, tag });
  }

  guestRead(sector: number, count: number): Outcome {
    return this.do({ op: 'guestRead', sector, count });
  }

  primaryWrite(sector: number, count: number, tag: Tag): Outcome {
    return this.do({ op: 'primaryWrite', sector, count, tag });
  }

  primaryRead(sector: number, count: number): Outcome {
    return this.do({ op: 'primaryRead', sector, count });
  }

  /** What the one node shows. */
  observe(): Observation {
    const [observation] = this.system.observe();
    if (observation === undefined) throw new Error('no node is loaded');
    return observation;
  }

  /** Sectors that an overlay holds. */
  allocated(layer: 'active' | 'hidden'): number[] {
    return this.observe()[layer].flatMap((tag, sector) => (tag === null ? [] : [sector]));
  }
}

export function sectors(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, index) => from + index);
}

export function badWrites(...bad: number[]): Pick<NodeSetup, 'badSectors'> {
  return { badSectors: bad.map((sector) => ({ disk: 'secondary', access: 'write', sector })) };
}
