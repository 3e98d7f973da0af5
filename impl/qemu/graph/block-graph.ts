/** The nodes and exports of one replication node inside QEMU, wired as `docs/block-replication.txt` has them. */
import type { Defect, NodeSetup, Outcome } from '../../../model/vocabulary.ts';
import { openingOutcome } from './answers.ts';
import { overlayNodes } from './overlay-nodes.ts';
import type { Overlays } from './overlay-nodes.ts';
import { diskLength } from '../../gaps.ts';
import { SECTOR_BYTES } from '../nbd/qemu-geometry.ts';
import { UnexpectedAnswer } from '../watch/qemu-lost.ts';
import type { QemuProcess } from '../process/qemu-process.ts';
import type { QmpArguments, QmpReply } from '../process/qmp-client.ts';
import { isExportedReadOnly, secondaryNodes } from './secondary-nodes.ts';
import { nodeAbove, PEER_EXPORT, topNode } from './top-node.ts';

/** The export of the replication node. */
export function topExport(suffix: string): string {
  return `rep${suffix}`;
}

/** The export of the secondary disk. */
export function secondaryExport(suffix: string): string {
  return `secondary${suffix}`;
}

export interface BlockGraphParts {
  readonly process: QemuProcess;
  readonly setup: NodeSetup;
  readonly suffix: string;
  /** Null in primary mode. */
  readonly overlays: Overlays | null;
  /** The socket of the peer; null in secondary mode. */
  readonly peerPath: string | null;
}

export class BlockGraph {
  readonly #parts: BlockGraphParts;
  #exportSerial = 0;
  #isOpen = false;
  #isExported = false;
  #changes = 0;

  constructor(parts: BlockGraphParts) {
    this.#parts = parts;
  }

  /** Whether there is a replication node. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the replication node has its export. */
  get isExported(): boolean {
    return this.#isExported;
  }

  /** How often a node was to be opened or closed. */
  get changes(): number {
    return this.#changes;
  }

  /** Adds everything below the replication node, the primary's export of the secondary disk, and what the defects ask for. */
  async build(): Promise<void> {
    const { setup, suffix, overlays } = this.#parts;
    const { qmp } = this.#parts.process;
    const added = secondaryNodes(this.#parts).map((node) => qmp.execute('blockdev-add', node));
    const node = this.#hasBareSecondary ? `below-secondary${suffix}` : `secondary${suffix}`;
    added.push(this.#export(secondaryExport(suffix), node, !isExportedReadOnly(setup)));
    // A filter that does not share writing must be there before hidden takes the disk for its backing.
    if (this.#has('secondaryWriteUnshared')) added.push(...this.#addUnsharing('secondary'));
    const [hidden, active] = overlays === null ? [] : overlayNodes(overlays, setup, suffix);
    if (hidden !== undefined) added.push(...hidden.map((each) => qmp.execute('blockdev-add', each)));
    if (this.#has('hiddenWriteUnshared')) added.push(...this.#addUnsharing('hidden'));
    if (active !== undefined) added.push(...active.map((each) => qmp.execute('blockdev-add', each)));
    if (this.#has('hiddenExported')) added.push(this.#export(`hidden${suffix}`, `hidden${suffix}`, false));
    if (this.#has('secondaryBusy')) added.push(...this.#beginOtherBackup());
    if (this.#has('topIdUnrelated'))
      added.push(qmp.execute('blockdev-add', this.#nullNode(`other${suffix}`)));
    await Promise.all(added);
  }

  /** `blockdev-add` of the driver, and its export; the answer is the driver's. */
  async open(): Promise<Outcome> {
    this.#changes++;
    const { process, setup, suffix } = this.#parts;
    const adding = ['blockdev-add', topNode(this.#parts)] as const;
    if (this.#isOpen) return openingOutcome(await process.qmp.ask(...adding));
    if (this.#has('modeMissing') || this.#has('modeUnknown')) return this.#openByDriveAdd();
    const [added, exported] = await Promise.all([
      process.qmp.ask(...adding),
      process.qmp.ask('block-export-add', this.#topExportArguments(setup.mode === 'secondary')),
    ]);
    const outcome = openingOutcome(added);
    if (outcome.kind !== 'ok') return outcome;
    this.#isOpen = true;
    if (this.#has('topIdAbove')) await process.qmp.execute('blockdev-add', nodeAbove(suffix));
    this.#isExported = exported.kind === 'return';
    // A node that lacks a medium has no length to export.
    if (exported.kind === 'error' && !exported.desc.endsWith('No medium found')) {
      throw new UnexpectedAnswer('refusal', `QMP block-export-add of rep: ${exported.desc}`);
    }
    return outcome;
  }

  /** Deletes the export and the node; where the node is busy, the export comes back. The answer is `blockdev-del`'s. */
  async close(): Promise<Outcome> {
    this.#changes++;
    const { process, setup, suffix } = this.#parts;
    const { qmp } = process;
    if (this.#isExported) await this.#deleteExport(this.#topExportId);
    const above = this.#isOpen && this.#has('topIdAbove') ? [`above${suffix}`] : [];
    const reply = await this.#deleteNodes([...above, `rep${suffix}`]);
    if (reply.kind === 'return') {
      this.#isOpen = false;
      this.#isExported = false;
    } else if (this.#isExported) {
      const restored = await qmp.ask(
        'block-export-add',
        this.#topExportArguments(setup.mode === 'secondary'),
      );
      this.#isExported = restored.kind === 'return';
    }
    return openingOutcome(reply);
  }

  /** Removes everything that `build` and `open` added. No commit may be held. */
  async remove(): Promise<void> {
    const { process, suffix, overlays, setup } = this.#parts;
    const { qmp } = process;
    if (this.#has('secondaryBusy')) await this.#endOtherBackup();
    const deleted = [this.#deleteExport(secondaryExport(suffix))];
    if (this.#has('hiddenExported')) deleted.push(this.#deleteExport(`hidden${suffix}`));
    const unshares = this.#has('secondaryWriteUnshared') || this.#has('hiddenWriteUnshared');
    if (unshares) deleted.push(this.#deleteExport(`cb${suffix}`));
    if (this.#isExported) deleted.push(this.#deleteExport(this.#topExportId));
    await Promise.all(deleted);
    const nodes = overlays === null ? [] : overlayNodes(overlays, setup, suffix).flat();
    const names = [
      ...(this.#isOpen && this.#has('topIdAbove') ? [`above${suffix}`] : []),
      ...(this.#isOpen ? [`rep${suffix}`] : []),
      ...(this.#has('topIdUnrelated') ? [`other${suffix}`] : []),
      ...nodes.toReversed().map((node) => String(node['node-name'])),
      ...(unshares ? [`cb${suffix}`, `cb-target${suffix}`] : []),
      ...secondaryNodes(this.#parts)
        .toReversed()
        .map((node) => String(node['node-name'])),
    ];
    const ordered = this.#has('hiddenWriteUnshared') ? cbBeforeHidden(names, suffix) : names;
    await Promise.all(ordered.map((name) => qmp.execute('blockdev-del', { 'node-name': name })));
    this.#isOpen = false;
  }

  #has(defect: Defect): boolean {
    const { setup } = this.#parts;
    return setup.defects.includes(defect) && (setup.mode === 'secondary' || !secondaryOnly.has(defect));
  }

  get #hasBareSecondary(): boolean {
    return this.#has('secondaryWithoutBackend');
  }

  get #isReadOnly(): boolean {
    return this.#parts.setup.readOnly.includes('node');
  }

  get #topExportId(): string {
    return `rep${this.#parts.suffix}-${this.#exportSerial}`;
  }

  /** The answer is that of the first that cannot be deleted, or of the last. */
  async #deleteNodes(names: readonly string[]): Promise<QmpReply> {
    const { qmp } = this.#parts.process;
    const [name = '', ...others] = names;
    const reply = await qmp.ask('blockdev-del', { 'node-name': name });
    return reply.kind === 'error' || others.length === 0 ? reply : this.#deleteNodes(others);
  }

  #topExportArguments(withDepth: boolean): QmpArguments {
    const { suffix } = this.#parts;
    this.#exportSerial++;
    const depth = withDepth ? { 'allocation-depth': true } : {};
    return {
      type: 'nbd',
      id: this.#topExportId,
      'node-name': `rep${suffix}`,
      name: topExport(suffix),
      writable: !this.#isReadOnly,
      ...depth,
    };
  }

  // The schema of blockdev-add answers for a missing or unknown mode; only drive_add lets the driver answer.
  async #openByDriveAdd(): Promise<Outcome> {
    const { setup, suffix, process, peerPath } = this.#parts;
    const mode = this.#has('modeMissing') ? '' : ',mode=tertiary';
    const peer = `file.driver=nbd,file.server.type=unix,file.server.path=${peerPath},file.export=${PEER_EXPORT}`;
    const file = setup.mode === 'primary' ? peer : `file=active${suffix}`;
    const line = `drive_add -n 0 driver=replication,node-name=rep${suffix},${file}${mode}${this.#isReadOnly ? ',read-only=on' : ''}`;
    const said = await process.qmp.execute('human-monitor-command', { 'command-line': line });
    return openingOutcome({
      kind: 'error',
      desc: String(said)
        .replace(/^Error: /, '')
        .trim(),
    });
  }

  #export(name: string, node: string, writable: boolean): Promise<unknown> {
    return this.#parts.process.qmp.execute('block-export-add', {
      type: 'nbd',
      id: name,
      'node-name': node,
      name,
      writable,
    });
  }

  /** A parent in use that does not share writing: a copy-before-write filter with an export of its own. */
  #addUnsharing(disk: 'hidden' | 'secondary'): Promise<unknown>[] {
    const { suffix, process } = this.#parts;
    const target = `cb-target${suffix}`;
    const filter = {
      driver: 'copy-before-write',
      'node-name': `cb${suffix}`,
      file: `${disk}${suffix}`,
      target,
    };
    return [
      process.qmp.execute('blockdev-add', this.#nullNode(target)),
      process.qmp.execute('blockdev-add', filter),
      this.#export(`cb${suffix}`, `cb${suffix}`, false),
    ];
  }

  #beginOtherBackup(): Promise<unknown>[] {
    const { suffix, process } = this.#parts;
    const target = `busy-target${suffix}`;
    return [
      process.qmp.execute('blockdev-add', this.#nullNode(target)),
      process.qmp.execute('blockdev-backup', {
        'job-id': `busy${suffix}`,
        device: `secondary${suffix}`,
        target,
        sync: 'none',
      }),
    ];
  }

  async #endOtherBackup(): Promise<void> {
    const { suffix, process } = this.#parts;
    const { qmp } = process;
    const device = `busy${suffix}`;
    const ended = qmp.event(
      ({ event, data }) => event === 'BLOCK_JOB_CANCELLED' && data?.['device'] === device,
    );
    await Promise.all([qmp.execute('block-job-cancel', { device, force: true }), ended]);
    await qmp.execute('blockdev-del', { 'node-name': `busy-target${suffix}` });
  }

  #nullNode(nodeName: string): QmpArguments {
    return { driver: 'null-co', 'node-name': nodeName, size: this.#lengthBytes, 'read-zeroes': true };
  }

  // Deleting is asynchronous: the node stays in use until the event.
  async #deleteExport(id: string): Promise<void> {
    const { qmp } = this.#parts.process;
    const gone = qmp.event(({ event, data }) => event === 'BLOCK_EXPORT_DELETED' && data?.['id'] === id);
    await Promise.all([qmp.execute('block-export-del', { id, mode: 'hard' }), gone]);
  }

  get #lengthBytes(): number {
    return diskLength(this.#parts.setup.geometry) * SECTOR_BYTES;
  }
}

/** There is nothing to be wired wrongly below a primary. */
const secondaryOnly: ReadonlySet<Defect> = new Set([
  'secondaryWithoutBackend',
  'hiddenWriteUnshared',
  'secondaryWriteUnshared',
  'hiddenExported',
  'secondaryBusy',
  'secondaryUnmaps',
  'topIdUnrelated',
  'topIdAbove',
]);

function cbBeforeHidden(names: readonly string[], suffix: string): string[] {
  const unsharing = [`cb${suffix}`, `cb-target${suffix}`];
  const rest = names.filter((name) => !unsharing.includes(name));
  const at = rest.indexOf(`hidden${suffix}`);
  return rest.toSpliced(at, 0, ...unsharing);
}
