/** What a system declares, what that leaves out, and whether it is enough to certify anything. */
import { essentialOperations } from '../../impl/capabilities.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { defects, layers, modes, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import type { OperationName } from '../../model/operations.ts';
import type { ObservationPart } from '../../impl/shown.ts';
import { WHAT_TO_DECLARE } from '../../impl/module/system-shape.ts';
import type { Certificate } from './certificate-schema.ts';

/** Why there would be nothing to certify; null where there is something. */
export function declarationProblem({ operations, observes, modes: declared }: Capabilities): string | null {
  if (operations.length === 0 || declared.length === 0) return `it declares nothing: ${WHAT_TO_DECLARE}`;
  const missing = essentialOperations.filter((name) => !operations.includes(name));
  if (missing.length > 0) {
    return `it does not declare ${missing.join(', ')}: no case can do without; ${WHAT_TO_DECLARE}`;
  }
  if (!writes.some((name) => operations.includes(name))) {
    return `it declares no request that writes: declare ${writes.join(' or ')} among its operations`;
  }
  const isSeen =
    reads.some((name) => operations.includes(name)) || contents.some((part) => observes.includes(part));
  return isSeen
    ? null
    : `it declares no way to see what its disks hold: declare ${reads.join(' or ')} among its operations, or ${contents.join(', ')} among what it observes`;
}

const writes: readonly OperationName[] = ['guestWrite', 'primaryWrite'];
const reads: readonly OperationName[] = ['guestRead', 'primaryRead'];
const contents: readonly ObservationPart[] = ['view', 'active', 'hidden', 'secondary'];

const parts: readonly ObservationPart[] = [
  'stage',
  'errorFlag',
  'view',
  'active',
  'hidden',
  'secondary',
  'wiring',
];

/** What is left out because it was not declared. */
export function exclusionsOf(capabilities: Capabilities): Certificate['exclusions'] {
  const { geometry } = capabilities;
  const without = <Name>(all: readonly Name[], declared: readonly Name[]): Name[] =>
    all.filter((name) => !declared.includes(name));
  return [
    { what: 'operations', names: without(operationNames, capabilities.operations) },
    { what: 'what is shown of a node', names: without(parts, capabilities.observes) },
    { what: 'modes', names: without(modes, capabilities.modes) },
    { what: 'wrong wirings', names: without(defects, capabilities.defects) },
    { what: 'bad sectors of', names: without(layers, capabilities.badSectors) },
    { what: 'opened read-only', names: without(readOnlyPlaces, capabilities.readOnly) },
    {
      what: 'hosts of so many nodes',
      names: [2, 3].filter((nodes) => nodes > capabilities.nodesMax && nodes <= NODES_MAX).map(String),
    },
    {
      what: 'errors that the QMP command swallows',
      names: capabilities.control === 'qmp' ? ['those of a stop with failover'] : [],
    },
    {
      what: 'the order of commit requests',
      names: capabilities.commit === 'free' ? ['any that the law allows is accepted'] : [],
    },
    {
      what: 'sizes of sectors',
      names: geometry.sectorBytes === 'any' ? [] : [`all but ${geometry.sectorBytes} bytes`],
    },
    {
      what: 'sizes of L2 slices',
      names: geometry.slices === 'any' ? [] : ["all but QEMU's own"],
    },
    { what: 'disks', names: [`longer than ${geometry.lengthSectorsMax} sectors`] },
  ].filter(({ names }) => names.length > 0);
}

/** As they stand in the certificate. */
export function declaredCapabilities(given: Capabilities): NonNullable<Certificate['capabilities']> {
  return {
    operations: given.operations,
    observes: given.observes,
    modes: given.modes,
    defects: given.defects,
    badSectors: given.badSectors,
    readOnly: given.readOnly,
    nodesMax: given.nodesMax,
    control: given.control,
    commit: given.commit,
    geometry: {
      sectorBytes: given.geometry.sectorBytes,
      lengthSectorsMax: given.geometry.lengthSectorsMax,
      slices: given.geometry.slices ?? 'qemu',
      ...(given.geometry.diskSectorsMax === undefined
        ? {}
        : { diskSectorsMax: given.geometry.diskSectorsMax }),
    },
  };
}
