/** The functions of a compiled driver with its ground (c/*.c), each with its arguments; how a node is shaped and its payloads get there. */
import type { Defect, NodeSetup, Tag } from '../../model/vocabulary.ts';
import { groundDefects } from './driver-capabilities.ts';
import { ownSliceSectors } from '../own-slice.ts';
import { PayloadImages, TAG_MAX } from '../payload.ts';
import type { DriverModule } from './driver-module.ts';

export type Ground = ReturnType<typeof groundOf>;

/** Looked up once: a call is then one of WebAssembly and nothing more. */
export function groundOf(module: DriverModule) {
  return {
    forgetMemory: module.named('ground_forget_memory'),
    shape: module.named('ground_shape'),
    begin: module.named('ground_begin'),
    load: module.named('ground_load'),
    fill: module.named('ground_fill'),
    image: module.named('ground_image'),
    message: module.named('ground_message'),
    open: module.named('ground_open'),
    close: module.named('ground_close'),
    call: module.named('ground_call'),
    guestRead: module.named('ground_guest_read'),
    guestWrite: module.named('ground_guest_write'),
    guestWriteZeroes: module.named('ground_guest_write_zeroes'),
    guestDiscard: module.named('ground_guest_discard'),
    guestFlush: module.named('ground_guest_flush'),
    primaryRead: module.named('ground_primary_read'),
    primaryWrite: module.named('ground_primary_write'),
    primaryWriteZeroes: module.named('ground_primary_write_zeroes'),
    primaryDiscard: module.named('ground_primary_discard'),
    primaryFlush: module.named('ground_primary_flush'),
    commitAdvance: module.named('ground_commit_advance'),
    commitSettle: module.named('ground_commit_settle'),
    breakSector: module.named('ground_break_sector'),
    repair: module.named('ground_repair'),
    failEmptying: module.named('ground_fail_emptying'),
    endJob: module.named('ground_end_job'),
    cutLink: module.named('ground_cut_link'),
    restoreLink: module.named('ground_restore_link'),
    endProcess: module.named('ground_end_process'),
    newProcess: module.named('ground_new_process'),
    control: module.named('ground_control'),
    attached: module.named('ground_attached'),
    hasCommitJob: module.named('ground_has_commit_job'),
    viewTags: module.named('ground_view_tags'),
    layerTags: module.named('ground_layer_tags'),
    expected: module.named('ground_expected'),
    expectedView: module.named('ground_expected_view'),
    isStillHeld: module.named('ground_is_still_held'),
    viewAgrees: module.named('ground_view_agrees'),
    layerAgrees: module.named('ground_layer_agrees'),
    layerWhollyAgrees: module.named('ground_layer_wholly_agrees'),
    layerSampledAgrees: module.named('ground_layer_sampled_agrees'),
    prepareSaving: module.named('ground_prepare_saving'),
    save: module.named('ground_save'),
    restore: module.named('ground_restore'),
    counted: module.named('ground_counted'),
    driverStateBytes: module.named('driver_state_bytes'),
  };
}

/** The disks of a host, with the payloads that were written to them: kept for as long as hosts have the same shape. */
export class GroundMemory {
  readonly #module: DriverModule;
  readonly #ground: Ground;
  #shaped: readonly NodeSetup[] = [];
  /** By node, the tags whose image its disks have. */
  #imaged: boolean[][] = [];
  readonly #payloads = new Map<number, PayloadImages>();

  constructor(module: DriverModule, ground: Ground) {
    this.#module = module;
    this.#ground = ground;
  }

  /** The next host is shaped anew. */
  forget(): void {
    this.#shaped = [];
  }

  shape(nodes: readonly NodeSetup[]): void {
    const shaped = this.#shaped;
    if (shaped.length === nodes.length && nodes.every((node, index) => isSameShape(node, shaped[index])))
      return;
    this.#shaped = [];
    this.#ground.forgetMemory();
    this.#imaged = nodes.map(() => []);
    for (const [index, { geometry, commitRequestsMax }] of nodes.entries()) {
      const { activeSliceSectors, hiddenSliceSectors, activeClusterSectors, hiddenClusterSectors } = geometry;
      this.#ground.shape(
        index,
        geometry.lengthSectors,
        geometry.sectorBytes,
        activeClusterSectors,
        hiddenClusterSectors,
        activeSliceSectors ?? ownSliceSectors(geometry, activeClusterSectors),
        hiddenSliceSectors ?? ownSliceSectors(geometry, hiddenClusterSectors),
        geometry.copyUnitSectors,
        geometry.commitUnitSectors,
        commitRequestsMax,
      );
    }
    this.#shaped = nodes;
    // Zeroes, and what sectors are decoded by.
    for (const index of nodes.keys()) for (const tag of [0, 1]) this.need(index, tag);
  }

  /** Puts the payload of `tag` where the node finds it. Throws a RangeError for what is no tag of a write. */
  need(index: number, tag: Tag): void {
    if (this.#imaged[index]?.[tag] === true) return;
    if (!hasPayload(tag))
      throw new RangeError(`tag ${tag} has no payload: use a whole number from 0 to ${TAG_MAX}`);
    const setup = this.#shaped[index];
    const imaged = this.#imaged[index];
    if (setup === undefined || imaged === undefined) throw new Error(`there is no node ${index}`);
    const { lengthSectors } = setup.geometry;
    const image = this.#payloadsOf(setup).extent(0, lengthSectors, tag);
    const address = this.#ground.image(index, tag);
    this.#module.bytes.set(image, address);
    imaged[tag] = true;
  }

  #payloadsOf({ geometry: { lengthSectors, sectorBytes } }: NodeSetup): PayloadImages {
    const known = this.#payloads.get(sectorBytes);
    if (known !== undefined && known.lengthSectors >= lengthSectors) return known;
    const made = new PayloadImages(lengthSectors, sectorBytes);
    this.#payloads.set(sectorBytes, made);
    return made;
  }
}

export function hasPayload(tag: Tag): boolean {
  return Number.isInteger(tag) && tag >= 0 && tag <= TAG_MAX;
}

/** A bit each, in the order of ground.h. */
export function defectBits(present: readonly Defect[]): number {
  let bits = 0;
  for (const defect of present) bits |= 1 << groundDefects.indexOf(defect);
  return bits;
}

function isSameShape(
  { geometry: one, commitRequestsMax }: NodeSetup,
  shaped: NodeSetup | undefined,
): boolean {
  if (shaped === undefined || shaped.commitRequestsMax !== commitRequestsMax) return false;
  const other = shaped.geometry;
  return (
    one === other ||
    (one.lengthSectors === other.lengthSectors &&
      one.sectorBytes === other.sectorBytes &&
      one.activeClusterSectors === other.activeClusterSectors &&
      one.hiddenClusterSectors === other.hiddenClusterSectors &&
      one.copyUnitSectors === other.copyUnitSectors &&
      one.commitUnitSectors === other.commitUnitSectors &&
      one.activeSliceSectors === other.activeSliceSectors &&
      one.hiddenSliceSectors === other.hiddenSliceSectors)
  );
}
