/** The disks of one node on the storage server: their content, and the faults that their requests meet. */
import type { FaultOperation, Operation } from '../../../model/operations.ts';
import type {
  BadSector,
  EmptyingFault,
  Geometry,
  Layer,
  NodeSetup,
  OverlayName,
} from '../../../model/vocabulary.ts';
import { diskLength, diskParts, diskSector, gapsOnDisk, hasFewTables, partsWithin } from '../../gaps.ts';
import type { PayloadImages } from '../../payload.ts';
import type { NbdServer, ServedRequest } from '../nbd/nbd-server.ts';
import { isLong, SECTOR_BYTES } from '../nbd/qemu-geometry.ts';
import type { ByteRange } from '../nbd/sparse-disks.ts';
import { FEATURES_OFFSET, l1TableOffset } from './qemu-images.ts';
import {
  dataDisk,
  imageDisk,
  layersServed,
  peerStoreExport,
  readsExport,
  secondaryDisk,
  storeExport,
} from './storage-exports.ts';

/**
 * Where the overlays lie. `files`: images in the file system. `served`: images on the storage server, so that what a
 * make_empty writes can fail. `dataFiles`: the clusters on the storage server, so that single sectors can fail.
 */
export type OverlayPlace = 'files' | 'served' | 'dataFiles';

/** Faults of sectors go before faults of make_empty: one case cannot have both. */
export function overlayPlace(setup: NodeSetup, operations: readonly Operation[]): OverlayPlace {
  // An image of another format than qcow2 is never written to: its node cannot be started.
  const isOther = setup.defects.some(
    (name) => name === 'makeEmptyUnsupported' || name === 'hiddenCannotBeEmptied',
  );
  if (setup.mode === 'primary' || isOther) return 'files';
  if (hasFixedClusters(setup)) return 'dataFiles';
  if (operations.some(({ op }) => op === 'failEmptying')) return 'served';
  const breaks = operations.some(
    (operation) => operation.op === 'breakSector' && operation.disk !== 'secondary',
  );
  const { geometry } = setup;
  return breaks && (geometry.gaps === undefined || hasFewTables(geometry)) ? 'dataFiles' : 'files';
}

/** Each cluster lies at its own place, from the start of the case on. */
export function hasFixedClusters({ badSectors, geometry }: NodeSetup): boolean {
  return isLong(geometry) || badSectors.some(({ disk }) => disk !== 'secondary');
}

export class NodeStorage {
  readonly suffix: string;
  readonly setup: NodeSetup;
  readonly payloads: PayloadImages;
  /** How many reads have failed, and what is reported of each. */
  onReadFault: () => void = () => {};
  readonly #server: NbdServer;
  readonly #emptying: Record<OverlayName, EmptyingFault | null> = { active: null, hidden: null };
  /** Whom a request belongs to is asked of every one. */
  readonly #layers: ReadonlyMap<string, Layer>;
  #badSectors: readonly BadSector[];
  /** The overlay whose armed fault has fired last. */
  #fired: OverlayName | null = null;
  #hasEjected = false;

  constructor(server: NbdServer, suffix: string, setup: NodeSetup, payloads: PayloadImages) {
    this.#server = server;
    this.suffix = suffix;
    this.#layers = layersServed(suffix);
    this.setup = setup;
    this.#badSectors = setup.badSectors;
    // QEMU keeps its connection to the secondary disk from case to case: the disk stays, its content is new.
    const disk = secondaryDisk(suffix);
    const { geometry } = setup;
    server.disks.clear(disk, gapBytes(geometry));
    server.forgetUnflushed(disk);
    this.payloads = payloads;
    for (const { sector: first, count, tag } of setup.initialContent) {
      for (const { sector, end, before } of partsWithin(diskParts(geometry), first, first + count)) {
        const content = payloads.extent(sector, end - sector, tag);
        server.disks.place(disk, (sector + before) * SECTOR_BYTES, content);
      }
    }
  }

  /** The bytes of the secondary disk. */
  get secondary(): Buffer {
    const lengthBytes = this.setup.geometry.lengthSectors * SECTOR_BYTES;
    return this.#server.contentOf(secondaryDisk(this.suffix)).subarray(0, lengthBytes);
  }

  /** What was written to a disk that is served although it holds nothing there; null where nothing was. */
  get stray(): string | null {
    const { suffix } = this;
    for (const disk of [secondaryDisk(suffix), dataDisk('active', suffix), dataDisk('hidden', suffix)]) {
      const stray = this.#server.disks.strayOf(disk);
      if (stray !== null)
        return `${stray.lengthBytes} bytes were written at byte ${stray.offsetBytes} of ${disk}`;
    }
    return null;
  }

  /** An overlay of this node has lost its driver in this process. */
  get hasEjected(): boolean {
    return this.#hasEjected;
  }

  /** How many writes of any node the disks have been sent so far. */
  get writeCount(): number {
    return this.#server.writeCount;
  }

  /** Whether the first so many writes have been flushed in a layer; of an overlay in a file nothing is known. */
  isFlushed(layer: Layer | 'peer', writes: number): boolean {
    return exportsOf(layer, this.suffix).every((name) => this.#server.isFlushed(name, writes));
  }

  /** The overlay whose make_empty has failed since this was last asked. */
  takeFired(): OverlayName | null {
    const fired = this.#fired;
    this.#fired = null;
    return fired;
  }

  /** What was ejected is there again. */
  enterNewProcess(): void {
    this.#hasEjected = false;
  }

  apply(fault: FaultOperation): void {
    switch (fault.op) {
      case 'breakSector':
        this.#badSectors = [...this.#badSectors, fault];
        return;
      case 'repairSectors':
        this.#badSectors = this.#badSectors.filter(({ disk }) => disk !== fault.disk);
        return;
      case 'failEmptying':
        this.#emptying[fault.disk] = fault.how;
        return;
      default:
    }
  }

  /** The errno with which a request to one of this node's disks fails; null where it succeeds. */
  fault(request: ServedRequest): string | null {
    const layer = this.#layers.get(request.exportName);
    if (layer === undefined) return this.#emptyingFault(request);
    const { command, offsetBytes, lengthBytes } = request;
    const end = offsetBytes + lengthBytes;
    const { geometry } = this.setup;
    if (layer === 'secondary' && end > diskLength(geometry) * SECTOR_BYTES) return 'EINVAL';
    const access = accessOf(command);
    // The copy of a write that arrives where reads are served has no effect and no say.
    if (access === 'write' && request.exportName === readsExport(this.suffix)) return null;
    const isBad = this.#badSectors.some((bad) => {
      const start = diskSector(geometry, bad.sector) * SECTOR_BYTES;
      return bad.disk === layer && bad.access === access && start < end && start + SECTOR_BYTES > offsetBytes;
    });
    if (isBad && access === 'read') this.onReadFault();
    return isBad ? 'EIO' : null;
  }

  /** Whether this is the request with which the armed failure of a make_empty happens. */
  #emptyingFault(request: ServedRequest): string | null {
    for (const overlay of ['active', 'hidden'] as const) {
      const disk = imageDisk(overlay, this.suffix);
      const armed = this.#emptying[overlay];
      if (request.exportName !== disk || armed === null) continue;
      if (!isStepThatFails(armed, request, this.#server.contentOf(disk))) return null;
      this.#emptying[overlay] = null;
      this.#fired = overlay;
      if (armed === 'ejected') this.#hasEjected = true;
      return 'EIO';
    }
    return null;
  }
}

/** Where the disks of a node hold nothing. */
export function gapBytes(geometry: Geometry): ByteRange[] {
  return gapsOnDisk(geometry).map(({ sector, count }) => ({
    offsetBytes: sector * SECTOR_BYTES,
    lengthBytes: count * SECTOR_BYTES,
  }));
}

function exportsOf(layer: Layer | 'peer', suffix: string): string[] {
  if (layer === 'peer') return [peerStoreExport(suffix)];
  if (layer === 'secondary') return [storeExport(suffix)];
  return [imageDisk(layer, suffix), dataDisk(layer, suffix)];
}

/** What a request meets on the first of the disks that fails it. */
export function firstFault(storages: readonly NodeStorage[], request: ServedRequest): string | null {
  for (const storage of storages) {
    const fault = storage.fault(request);
    if (fault !== null) return fault;
  }
  return null;
}

/**
 * `make_completely_empty` of block/qcow2.c marks the image dirty in its header, and if that fails leaves all as it is; then it zeroes the L1 table, and if that fails gives the image up; at last it writes the
 * header again, which no longer changes what the image holds.
 */
function isStepThatFails(
  armed: EmptyingFault,
  { command, offsetBytes }: ServedRequest,
  image: Buffer,
): boolean {
  switch (armed) {
    case 'kept':
      return command === 'write' && offsetBytes === FEATURES_OFFSET;
    case 'ejected':
      return command === 'writeZeroes' && offsetBytes === l1TableOffset(image);
    case 'emptied':
      return command === 'write' && offsetBytes === 0;
  }
}

function accessOf(command: ServedRequest['command']): BadSector['access'] | null {
  switch (command) {
    case 'read':
      return 'read';
    case 'write':
    case 'writeZeroes':
    case 'trim':
      return 'write';
    case 'flush':
      return null;
  }
}
