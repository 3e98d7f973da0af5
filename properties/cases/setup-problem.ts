/** Whether a system can be given a setup, and a setup the operations on it. */
import { NODES_MAX } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { BadSector, NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { nodeOf } from './case.ts';
import type { Case } from './case.ts';
import { crossesGap, gapFaultProblem } from './gaps.ts';
import { geometryProblem } from './geometries.ts';

/** MAX_IN_FLIGHT of the mirror job. */
export const QEMU_COMMIT_REQUESTS = 16;
/** MAX_IO_BYTES of the mirror job, 1 MiB, in commit units. */
export const QEMU_COMMIT_JOINS = 16;

/** Why a setup cannot be run on a system with these capabilities; null when it can. */
export function setupProblem({ nodes }: Setup, capabilities: Capabilities): string | null {
  if (nodes.length < 1 || nodes.length > NODES_MAX)
    return `${nodes.length} nodes: a host has 1 to ${NODES_MAX}`;
  if (nodes.length > capabilities.nodesMax) {
    return `${nodes.length} nodes: at most ${capabilities.nodesMax} for this system`;
  }
  return firstProblem(nodes, (node) => nodeProblem(node, capabilities));
}

/** The same of a whole case. */
export function caseProblem({ setup, operations }: Case, capabilities: Capabilities): string | null {
  return (
    setupProblem(setup, capabilities) ??
    firstProblem(operations, (operation) => operationProblem(operation, setup))
  );
}

function nodeProblem(setup: NodeSetup, capabilities: Capabilities): string | null {
  const { lengthSectors } = setup.geometry;
  const defect = setup.defects.find((name) => !capabilities.defects.includes(name));
  if (defect !== undefined) return `this system cannot be given the defect ${defect}`;
  if (!capabilities.modes.includes(setup.mode)) return `this system has no ${setup.mode} mode`;
  const fixed = setup.readOnly.find((disk) => !capabilities.readOnly.includes(disk));
  if (fixed !== undefined)
    return `this system cannot be given ${fixed === 'node' ? 'a node' : `a ${fixed} disk`} that is opened read-only`;
  const long = setup.initialContent.find(({ sector, count }) => sector + count > lengthSectors);
  if (long !== undefined) return `an extent of content ends at ${long.sector + long.count}, past the end`;
  if (capabilities.commit === 'free' && setup.commitRequestsMax !== QEMU_COMMIT_REQUESTS) {
    return `commitRequestsMax is ${setup.commitRequestsMax}: this system keeps ${QEMU_COMMIT_REQUESTS} in flight`;
  }
  const joins = joinsProblem(setup, capabilities);
  if (joins !== null) return joins;
  const bad = firstProblem(setup.badSectors, (sector) => badSectorProblem(sector, setup));
  if (bad !== null) return bad;
  const unbreakable = setup.badSectors.find(({ disk }) => !capabilities.badSectors.includes(disk));
  if (unbreakable !== undefined) return `this system cannot be given bad sectors of ${unbreakable.disk}`;
  const wrong = gapFaultProblem(setup, capabilities.geometry);
  return wrong ?? geometryProblem(setup.geometry, capabilities);
}

/** Where all units may be in flight at once, it cannot be known whether requests join them. */
function joinsProblem({ commitJoinsUnits, geometry }: NodeSetup, capabilities: Capabilities): string | null {
  if (commitJoinsUnits !== undefined && capabilities.joinsCommitUnits !== true)
    return 'commitJoinsUnits: the commit requests of this system take one unit each';
  if (capabilities.commit === 'stepped') return null;
  const units = Math.ceil(geometry.lengthSectors / geometry.commitUnitSectors);
  const joined = commitJoinsUnits ?? (units > QEMU_COMMIT_REQUESTS ? 1 : QEMU_COMMIT_JOINS);
  return joined === QEMU_COMMIT_JOINS
    ? null
    : `commitJoinsUnits is ${joined}: requests of this system join up to ${QEMU_COMMIT_JOINS} units`;
}

/** What makes an operation senseless on this host: a fault of something that is not there; null when nothing does. */
export function operationProblem(operation: Operation, { nodes }: Setup): string | null {
  const node = nodes[nodeOf(operation)];
  if (node === undefined) return `there is no node ${nodeOf(operation)}: the setup has ${nodes.length}`;
  if ('count' in operation && crossesGap(node.geometry, operation))
    return `sectors ${operation.sector} to ${operation.sector + operation.count - 1} lie on both sides of a gap: no request crosses one`;
  const { mode } = node;
  switch (operation.op) {
    case 'breakSector':
      return badSectorProblem(operation, node);
    case 'repairSectors':
      return diskProblem(operation.disk, node);
    case 'failEmptying':
      return diskProblem(operation.disk, node);
    case 'endJob':
      return mode === 'primary' ? `a node in primary mode has no ${operation.job} job` : null;
    case 'cutLink':
    case 'restoreLink':
      return mode === 'secondary' ? 'a node in secondary mode has no link' : null;
    default:
      return null;
  }
}

/** Null where the sector is there to be bad. */
export function badSectorProblem({ disk, access, sector }: BadSector, node: NodeSetup): string | null {
  const { lengthSectors } = node.geometry;
  // The other backup job copies before a write as well, by itself and unseen.
  if (disk === 'secondary' && access === 'read' && node.defects.includes('secondaryBusy')) {
    return 'a read-bad sector of secondary would fail the other backup job of secondaryBusy';
  }
  if (sector >= lengthSectors)
    return `sector ${sector} is past the end of the disk (${lengthSectors} sectors)`;
  return diskProblem(disk, node);
}

function diskProblem(disk: BadSector['disk'], { mode }: NodeSetup): string | null {
  return mode === 'primary' && disk !== 'secondary' ? `a node in primary mode has no ${disk} disk` : null;
}

function firstProblem<Item>(items: readonly Item[], problem: (item: Item) => string | null): string | null {
  for (const item of items) {
    const found = problem(item);
    if (found !== null) return found;
  }
  return null;
}
