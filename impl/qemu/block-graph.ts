/** The nodes and exports of one case inside QEMU, wired as `docs/block-replication.txt` has the secondary. */
import type { Defect, Outcome, Setup } from '../../model/vocabulary.ts';
import { SECTOR_BYTES } from './qemu-geometry.ts';
import type { QemuImages } from './qemu-images.ts';
import type { QemuProcess } from './qemu-process.ts';
import type { QmpArguments, QmpReply } from './qmp-client.ts';
import { diskNode } from './secondary-storage.ts';

export interface OverlayPaths {
  readonly active: string;
  readonly hidden: string;
}

export const SECONDARY_EXPORT = 'secondary';
export const TOP_EXPORT = 'rep';

/** The outcome of a QMP command whose value says nothing. */
export function qmpOutcome(reply: QmpReply): Outcome {
  return reply.kind === 'return' ? { kind: 'ok' } : { kind: 'error', message: reply.desc };
}

/** Writes both overlay images, empty. */
export async function writeOverlays(images: QemuImages, setup: Setup): Promise<OverlayPaths> {
  const { lengthSectors, activeClusterSectors, hiddenClusterSectors } = setup.geometry;
  const lengthBytes = lengthSectors * SECTOR_BYTES;
  // The top is as long as the active disk, so that hidden is the one whose length may differ unnoticed before start.
  const hiddenLengthBytes = lengthBytes + (setup.defects.includes('lengthsDiffer') ? SECTOR_BYTES : 0);
  return {
    active: await images.write('active', {
      format: activeFormat(setup.defects),
      clusterBytes: activeClusterSectors * SECTOR_BYTES,
      lengthBytes,
    }),
    hidden: await images.write('hidden', {
      format: 'qcow2',
      clusterBytes: hiddenClusterSectors * SECTOR_BYTES,
      lengthBytes: hiddenLengthBytes,
    }),
  };
}

export class BlockGraph {
  readonly #process: QemuProcess;
  readonly #setup: Setup;
  #exportSerial = 0;
  #isOpen = false;

  constructor(process: QemuProcess, setup: Setup) {
    this.#process = process;
    this.#setup = setup;
  }

  /** Whether there is a replication node. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Adds everything below the replication node, and the primary's export of the secondary disk. */
  async build(overlays: OverlayPaths | null): Promise<void> {
    const nodes = [...secondaryNodes(this.#setup), ...overlayNodes(overlays, this.#setup.defects)];
    const { qmp } = this.#process;
    const added = nodes.map((node) => qmp.execute('blockdev-add', node));
    const node = this.#hasBareSecondary ? 'below-secondary' : 'secondary';
    added.push(this.#export(SECONDARY_EXPORT, SECONDARY_EXPORT, node));
    await Promise.all(added);
  }

  /** `blockdev-add` of the driver, and its export; the answer is the driver's. */
  async open(): Promise<Outcome> {
    const { defects, mode } = this.#setup;
    if (this.#isOpen) return qmpOutcome(await this.#process.qmp.ask('blockdev-add', this.#topNode()));
    if (defects.includes('modeMissing') || defects.includes('modeUnknown')) return this.#openByDriveAdd();
    const [added, exported] = await Promise.all([
      this.#process.qmp.ask('blockdev-add', this.#topNode()),
      this.#process.qmp.ask('block-export-add', this.#topExport(mode === 'secondary')),
    ]);
    const outcome = qmpOutcome(added);
    if (outcome.kind !== 'ok') return outcome;
    if (exported.kind === 'error') throw new Error(`QMP block-export-add of rep: ${exported.desc}`);
    this.#isOpen = true;
    return outcome;
  }

  /** Deletes the export and the node; where the node is busy, the export comes back. The answer is `blockdev-del`'s. */
  async close(): Promise<Outcome> {
    const { qmp } = this.#process;
    if (this.#isOpen) await this.#deleteExport(this.#topExportId);
    const outcome = qmpOutcome(await qmp.ask('blockdev-del', { 'node-name': 'rep' }));
    if (outcome.kind === 'ok') this.#isOpen = false;
    else if (this.#isOpen)
      await qmp.execute('block-export-add', this.#topExport(this.#setup.mode === 'secondary'));
    return outcome;
  }

  /** Removes everything that `build` and `open` added. No commit may be held. */
  async remove(overlays: OverlayPaths | null): Promise<void> {
    const { qmp } = this.#process;
    const deleted = [this.#deleteExport(SECONDARY_EXPORT)];
    if (this.#isOpen) {
      // A running secondary blocks its deletion; what the stop answers depends on the stage and does not matter.
      void qmp.ask('xen-set-replication', { enable: false, primary: false }).catch(() => {});
      deleted.push(this.#deleteExport(this.#topExportId));
    }
    await Promise.all(deleted);
    const names = [
      ...(this.#isOpen ? ['rep'] : []),
      ...(overlays === null ? [] : ['active', 'hidden']),
      'secondary',
      ...(this.#hasBareSecondary ? ['below-secondary'] : []),
    ];
    await Promise.all(names.map((name) => qmp.execute('blockdev-del', { 'node-name': name })));
    this.#isOpen = false;
  }

  get #hasBareSecondary(): boolean {
    return this.#setup.defects.includes('secondaryWithoutBackend');
  }

  get #topExportId(): string {
    return `rep-${this.#exportSerial}`;
  }

  #topNode(): QmpArguments {
    const { mode, defects } = this.#setup;
    const node = { driver: 'replication', 'node-name': 'rep', mode };
    const topId = { 'top-id': defects.includes('topIdInvalid') ? 'nowhere' : 'rep' };
    if (mode === 'primary') {
      return { ...node, file: 'secondary', ...(defects.includes('topIdOnPrimary') ? topId : {}) };
    }
    return { ...node, file: 'active', ...(defects.includes('topIdMissing') ? {} : topId) };
  }

  #topExport(withDepth: boolean): QmpArguments {
    this.#exportSerial++;
    const depth = withDepth ? { 'allocation-depth': true } : {};
    return {
      type: 'nbd',
      id: this.#topExportId,
      'node-name': 'rep',
      name: TOP_EXPORT,
      writable: true,
      ...depth,
    };
  }

  // The schema of blockdev-add answers for a missing or unknown mode; only drive_add lets the driver answer.
  async #openByDriveAdd(): Promise<Outcome> {
    const mode = this.#setup.defects.includes('modeMissing') ? '' : ',mode=tertiary';
    const file = this.#setup.mode === 'primary' ? 'secondary' : 'active';
    const line = `drive_add -n 0 driver=replication,node-name=rep,file=${file}${mode}`;
    const said = await this.#process.qmp.execute('human-monitor-command', { 'command-line': line });
    return {
      kind: 'error',
      message: String(said)
        .replace(/^Error: /, '')
        .trim(),
    };
  }

  #export(id: string, name: string, node: string): Promise<unknown> {
    return this.#process.qmp.execute('block-export-add', {
      type: 'nbd',
      id,
      'node-name': node,
      name,
      writable: true,
    });
  }

  // Deleting is asynchronous: the node stays in use until the event.
  async #deleteExport(id: string): Promise<void> {
    const { qmp } = this.#process;
    const gone = qmp.event(({ event, data }) => event === 'BLOCK_EXPORT_DELETED' && data?.['id'] === id);
    await Promise.all([qmp.execute('block-export-del', { id, mode: 'hard' }), gone]);
  }
}

function activeFormat(defects: readonly Defect[]): 'qcow2' | 'qed' {
  // qed has backing files but no `bdrv_make_empty` (replication.c:531-537).
  return defects.includes('makeEmptyUnsupported') ? 'qed' : 'qcow2';
}

function secondaryNodes(setup: Setup): QmpArguments[] {
  const lengthBytes = setup.geometry.lengthSectors * SECTOR_BYTES;
  if (!setup.defects.includes('secondaryWithoutBackend')) return [diskNode('secondary', lengthBytes)];
  // The primary's export lies one node below the secondary disk, which itself then has no BlockBackend.
  return [
    diskNode('below-secondary', lengthBytes),
    { driver: 'raw', 'node-name': 'secondary', file: 'below-secondary' },
  ];
}

function overlayNodes(overlays: OverlayPaths | null, defects: readonly Defect[]): QmpArguments[] {
  if (overlays === null) return [];
  // Null says that there is no backing file, whatever the image's header names.
  const backing = (defect: Defect, node: string): string | null => (defects.includes(defect) ? null : node);
  const file = (filename: string): QmpArguments => ({ driver: 'file', filename });
  return [
    {
      driver: 'qcow2',
      'node-name': 'hidden',
      file: file(overlays.hidden),
      backing: backing('hiddenWithoutBacking', 'secondary'),
    },
    {
      driver: activeFormat(defects),
      'node-name': 'active',
      file: file(overlays.active),
      backing: backing('activeWithoutBacking', 'hidden'),
    },
  ];
}
