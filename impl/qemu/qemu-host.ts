/** What outlives a case: the directory, the storage server, the image templates, the process and its peers. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { EnvironmentError } from '../environment-error.ts';
import { CommitHold } from './commit-hold.ts';
import { onProcessEnd } from '../held/exit-cleanup.ts';
import { holdFolder } from '../held/guard.ts';
import { differenceOf, graphMembers } from './process/graph-members.ts';
import { NbdServer } from './nbd/nbd-server.ts';
import { Peers } from './graph/peers.ts';
import { checkBinaries } from './process/qemu-binary.ts';
import {
  DISK_BYTES_MAX,
  isLong,
  LENGTH_BYTES_MAX,
  SECTOR_BYTES,
  SHORT_BYTES_MAX,
} from './nbd/qemu-geometry.ts';
import { QemuImages } from './graph/qemu-images.ts';
import { isOfQemu, QemuLost, UnexpectedAnswer } from './watch/qemu-lost.ts';
import type { QmpArguments } from './process/qmp-client.ts';
import type { QmpTransport } from './process/qmp-link.ts';
import { QemuProcess } from './process/qemu-process.ts';
import {
  secondaryDisk,
  STORAGE_EXPORTS,
  storageNode,
  storageNodeName,
  storeExport,
  suffixOf,
} from './graph/storage-exports.ts';
import { NODES_MAX } from '../../model/vocabulary.ts';
import type { Geometry } from '../../model/vocabulary.ts';
import { diskLength } from '../gaps.ts';

export interface QemuOptions {
  /** Name in PATH, or path, of the system emulator; `qemu-system-x86_64` where it is left out. */
  readonly binary?: string;
  /** Name in PATH, or path, of `qemu-img`. */
  readonly qemuImg?: string;
  /** Where images and sockets go; a fresh directory in memory (/dev/shm), else in the temporary one, where left out. */
  readonly directory?: string;
  /** How long, in milliseconds, QEMU may leave something unanswered before it counts as hung; 5000 where left out. */
  readonly stallMs?: number;
}

/** `blockdev-add` of the node over the storage server at a path, for the nodes of a suffix. */
type StorageOf = (path: string, suffix: string) => QmpArguments;

/** What of a host is up to who tests on it. */
interface HostWays {
  readonly storageOf: StorageOf;
  readonly transport: QmpTransport;
  /** A command of QMP may wait for what is held so many times as long as anything else. */
  readonly stalls: number;
}

const usualWays: HostWays = { storageOf: storageNode, transport: 'datagrams', stalls: 1 };

const STALL_MS = 5000;

export class QemuHost {
  readonly stallMs: number;
  readonly server: NbdServer;
  /** One a node, for whatever commit that node has. */
  readonly holds: readonly CommitHold[];
  readonly peers: Peers;
  readonly storagePath: string;
  /** By the length that they are made for: tables for the longest disk are long themselves. */
  readonly #images = new Map<number, QemuImages>();
  readonly #qemuImg: string;
  readonly #binary: string;
  readonly #directory: string;
  readonly #forget: () => void;
  readonly #ways: HostWays;
  #process: QemuProcess | null = null;
  #isKnownToReplicate = false;
  /** How many nodes have their storage in the process. */
  #storages = 0;
  /** What the block graph holds between cases. */
  #graph: readonly string[] = [];

  private constructor(
    options: QemuOptions,
    names: { binary: string; qemuImg: string },
    place: Place,
    server: NbdServer,
    ways: HostWays,
  ) {
    this.#ways = ways;
    this.stallMs = options.stallMs ?? STALL_MS;
    this.#binary = names.binary;
    this.#directory = place.directory;
    this.#forget = place.forget;
    this.#qemuImg = names.qemuImg;
    this.server = server;
    for (let node = 0; node < NODES_MAX; node++) {
      server.disks.set(secondaryDisk(suffixOf(node)), Buffer.alloc(LENGTH_BYTES_MAX), [], DISK_BYTES_MAX);
    }
    this.storagePath = place.storagePath;
    this.peers = new Peers({
      binary: this.#binary,
      directory: place.directory,
      stallMs: this.stallMs,
      storagePath: place.storagePath,
    });
    const holds = Array.from(
      { length: NODES_MAX },
      (_, node) => new CommitHold(server, storeExport(suffixOf(node)), this.stallMs),
    );
    server.onHeld = (request) => {
      for (const hold of holds) if (hold.take(request)) return;
    };
    this.holds = holds;
  }

  /** Rejects with `EnvironmentError`. No process runs yet. */
  static async prepare(options: QemuOptions, ways = usualWays): Promise<QemuHost> {
    // What is read from sockets lies outside of the heap and still counts for the engine's limit, which is low where
    // little is kept: all that is kept would be looked through every hundred operations.
    setFlagsFromString('--heap-growing-percent=400');
    const names = { binary: options.binary ?? 'qemu-system-x86_64', qemuImg: options.qemuImg ?? 'qemu-img' };
    await checkBinaries(names.binary, names.qemuImg);
    const place = makePlace(options.directory);
    try {
      const server = await NbdServer.listen({
        path: place.storagePath,
        exports: STORAGE_EXPORTS,
        structuredReplies: false,
      });
      return new QemuHost(options, names, place, server, ways);
    } catch (error) {
      place.forget();
      const reason = error instanceof Error ? error.message : String(error);
      throw new EnvironmentError(
        `cannot listen on ${place.storagePath}: ${reason}; name a shorter, free directory`,
      );
    }
  }

  /** Made for the next power of two of what gaps add, so that not every case has its own. */
  readonly imagesFor = (geometry: Geometry): QemuImages => {
    const contentBytes = isLong(geometry) ? LENGTH_BYTES_MAX : SHORT_BYTES_MAX;
    const gaps = (diskLength(geometry) - geometry.lengthSectors) * SECTOR_BYTES;
    const lengthBytes = contentBytes + (gaps === 0 ? 0 : 2 ** Math.ceil(Math.log2(gaps)));
    const known = this.#images.get(lengthBytes);
    if (known !== undefined) return known;
    const made = new QemuImages(this.#qemuImg, this.#directory, lengthBytes, contentBytes);
    this.#images.set(lengthBytes, made);
    return made;
  };

  /** Null where none runs. */
  get running(): QemuProcess | null {
    return this.#process;
  }

  /** What to report of an error that was met in a case; the process is dead afterwards where it is its fault. */
  async explain(error: unknown): Promise<unknown> {
    if (this.#process !== null && isOfQemu(error)) return this.#process.explain(error, this.#held);
    // A peer, while the process itself is dead.
    if (isOfQemu(error)) return new QemuLost(error.how === 'crash' ? 'hangup' : error.how, error.message, '');
    // No room for images, for instance.
    if (error instanceof Error && 'syscall' in error) {
      return new EnvironmentError(`${this.#directory}: ${error.message}; see that it can be written`);
    }
    return error;
  }

  /** What QEMU waits for, in words. */
  get #held(): readonly string[] {
    return this.server.waiting.map(
      ({ exportName, command, offsetBytes, lengthBytes }) =>
        `${command} ${offsetBytes}+${lengthBytes} of ${exportName}`,
    );
  }

  /** The running process; starts one where none runs. */
  async process(): Promise<QemuProcess> {
    if (this.#process !== null) return this.#process;
    this.#process = await QemuProcess.start({
      binary: this.#binary,
      directory: this.#directory,
      stallMs: this.#ways.stalls * this.stallMs,
      replicates: !this.#isKnownToReplicate,
      transport: this.#ways.transport,
    });
    this.#isKnownToReplicate = true;
    this.#storages = 0;
    return this.#process;
  }

  /** The process with storage for so many nodes and no more: what it says of its graph is long as it is. */
  async processFor(nodes: number): Promise<QemuProcess> {
    const process = await this.process();
    if (this.#storages === nodes) return process;
    for (; this.#storages > nodes; this.#storages--) {
      const name = storageNodeName(suffixOf(this.#storages - 1));
      await process.qmp.execute('blockdev-del', { 'node-name': name });
    }
    for (; this.#storages < nodes; this.#storages++) {
      const storage = this.#ways.storageOf(this.storagePath, suffixOf(this.#storages));
      const reply = await process.qmp.ask('blockdev-add', storage);
      if (reply.kind === 'return') continue;
      if (!isOfDriver(reply.desc)) throw new UnexpectedAnswer('refusal', `QMP blockdev-add: ${reply.desc}`);
      throw new EnvironmentError(
        `${this.#binary}: ${reply.desc}; the disks of a case need a build with the block drivers quorum, blkdebug and nbd`,
      );
    }
    this.#graph = await graphMembers(process);
    return process;
  }

  /** What the block graph holds now that no case is loaded and should not, or no longer holds; null where all is well. */
  async leftInGraph(): Promise<string | null> {
    return differenceOf(this.#graph, await graphMembers(await this.process()));
  }

  /** Ends the process, so that the next call of `process` starts another. */
  async dropProcess(): Promise<void> {
    const process = this.#process;
    this.#process = null;
    await process?.kill();
    // A killed QEMU leaves the socket of its NBD server behind.
    if (process !== null) rmSync(process.nbdPath, { force: true });
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.dropProcess(), this.peers.shutdown()]);
    await this.server.close();
    this.#forget();
  }
}

/** block.c has no driver of that name, or was configured to keep it from being used. */
function isOfDriver(error: string): boolean {
  return error.startsWith('Unknown driver') || error.includes('is not whitelisted');
}

interface Place {
  readonly directory: string;
  readonly storagePath: string;
  /** Removes what this run put there. */
  readonly forget: () => void;
}

/** Longest path of a unix socket on Linux, in bytes. */
const SOCKET_PATH_MAX = 107;

function makePlace(wanted: string | undefined): Place {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const directory = wanted ?? mkdtempSync(join(parent, 'colocheck-'));
  mkdirSync(directory, { recursive: true });
  const storagePath = join(directory, 'disk');
  if (storagePath.length > SOCKET_PATH_MAX) {
    throw new EnvironmentError(
      `${directory} is too long for a unix socket; name a directory with a shorter path`,
    );
  }
  if (existsSync(storagePath)) {
    throw new EnvironmentError(
      `socket path ${storagePath} is in use; name another directory or remove what is left there`,
    );
  }
  const ours = ['disk', 'qmp', 'nbd'].concat(
    ['active', 'hidden', 'peer'].flatMap((name) => [name, `${name}2`, `${name}3`]),
  );
  const remove = (): void => {
    if (wanted === undefined) rmSync(directory, { recursive: true, force: true });
    else for (const name of ours) rmSync(join(directory, name), { recursive: true, force: true });
  };
  const unregister = wanted === undefined ? holdFolder(directory, remove) : onProcessEnd(remove);
  return {
    directory,
    storagePath,
    forget: () => {
      unregister();
      remove();
    },
  };
}
