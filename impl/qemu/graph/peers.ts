/** The QEMU processes at the other end of the links of primaries: each exports the disk that its primary writes to. */
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PEER_EXPORT } from './top-node.ts';
import { QemuProcess } from '../process/qemu-process.ts';
import { diskNode, peerStoreExport, storageNode, suffixOf } from './storage-exports.ts';

export interface PeersOptions {
  readonly binary: string;
  readonly directory: string;
  readonly stallMs: number;
  /** The socket of the storage server. */
  readonly storagePath: string;
}

interface Peer {
  readonly process: QemuProcess;
  readonly lengthBytes: number;
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #running = new Map<number, Peer>();

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** The socket of the peer of that node. */
  pathOf(node: number): string {
    return join(this.#directoryOf(node), 'nbd');
  }

  /** A peer that serves the disk of that node runs when this is done. */
  async start(node: number, lengthBytes: number): Promise<void> {
    const running = this.#running.get(node);
    if (running !== undefined) {
      if (running.lengthBytes !== lengthBytes) await this.#resize(node, running, lengthBytes);
      return;
    }
    const { binary, stallMs, storagePath } = this.#options;
    const directory = this.#directoryOf(node);
    // A killed process leaves its sockets behind.
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const process = await QemuProcess.start({
      binary,
      directory,
      stallMs,
      replicates: false,
      transport: 'datagrams',
    });
    this.#running.set(node, { process, lengthBytes });
    const suffix = suffixOf(node);
    const storage = storageNode(storagePath, suffix, peerStoreExport(suffix));
    await Promise.all([
      process.qmp.execute('blockdev-add', storage),
      ...serveDisk(process, suffix, lengthBytes),
    ]);
  }

  /** A process takes far longer to start. No primary is connected between cases. */
  async #resize(node: number, { process }: Peer, lengthBytes: number): Promise<void> {
    this.#running.set(node, { process, lengthBytes });
    const { qmp } = process;
    const gone = qmp.event(
      ({ event, data }) => event === 'BLOCK_EXPORT_DELETED' && data?.['id'] === PEER_EXPORT,
    );
    await Promise.all([qmp.execute('block-export-del', { id: PEER_EXPORT, mode: 'hard' }), gone]);
    await Promise.all([
      qmp.execute('blockdev-del', { 'node-name': 'disk' }),
      ...serveDisk(process, suffixOf(node), lengthBytes),
    ]);
  }

  /** Kills the peer of that node, where there is one; nobody can connect to it any more when this is done. */
  async stop(node: number): Promise<void> {
    const peer = this.#running.get(node);
    this.#running.delete(node);
    await peer?.process.kill();
    // The kernel closes what a QEMU that waits by io_uring (11.1) listened on some time after it has died.
    if (peer !== undefined) while (await canConnect(this.pathOf(node))) continue;
  }

  async shutdown(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((node) => this.stop(node)));
  }

  #directoryOf(node: number): string {
    return join(this.#options.directory, `peer${suffixOf(node)}`);
  }
}

function serveDisk({ qmp }: QemuProcess, suffix: string, lengthBytes: number): Promise<unknown>[] {
  const exported = { id: PEER_EXPORT, 'node-name': 'disk', name: PEER_EXPORT, writable: true };
  return [
    qmp.execute('blockdev-add', diskNode('disk', suffix, lengthBytes)),
    qmp.execute('block-export-add', { type: 'nbd', ...exported }),
  ];
}
