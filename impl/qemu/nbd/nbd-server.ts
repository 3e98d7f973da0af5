/**
 * An NBD server in this process that keeps its disks in memory. QEMU uses them as storage, which makes their bytes
 * visible at any moment and every request to them programmable: pass, fail, or wait to be released.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { parseSocket } from './byte-parser.ts';
import type { ByteParser } from './byte-parser.ts';
import { UsedAgain } from './used-again.ts';
import { readClientOffer, SERVER_GREETING } from './nbd-server-negotiation.ts';
import type { ServedExport } from './nbd-server-negotiation.ts';
import {
  CHUNK,
  CHUNK_ERROR_BIT,
  CHUNK_FLAG_DONE,
  COMMAND,
  errnoNumber,
  MAGIC,
  REQUEST_BYTES,
  SIMPLE_REPLY_BYTES,
  STRUCTURED_REPLY_BYTES,
} from './nbd-protocol.ts';
import { SparseDisks } from './sparse-disks.ts';
import { Traffic } from '../watch/traffic.ts';

export type ServedCommand = 'read' | 'write' | 'writeZeroes' | 'trim' | 'flush';

export interface ServedRequest {
  readonly exportName: string;
  readonly command: ServedCommand;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** What a write brings; empty for all other commands. */
  readonly bytes: Buffer;
}

/** What the owner of the server decides about requests. */
export interface ServerRules {
  /** Asked when the request arrives; a held request does nothing until `release` is called. */
  hold(request: ServedRequest): boolean;
  /** Asked when the request is carried out; a name fails it without any effect. */
  fault(request: ServedRequest): string | null;
  /** Asked of a write that is carried out: whether it changes the disk. Left out: as its export has it. */
  changes?(request: ServedRequest, usually: boolean): boolean;
  /** What a write has brought is not looked at once that was carried out: the memory is used again. */
  readonly forgetsBytes?: true;
}

export interface HeldRequest extends ServedRequest {
  /** Carries the request out and answers it. */
  readonly release: () => void;
}

const PASS_ALL: ServerRules = { hold: () => false, fault: () => null };
const NOTHING = Buffer.alloc(0);

export interface NbdServerOptions {
  readonly path: string;
  readonly exports: readonly ServedExport[];
  /** Whether to agree to structured replies. */
  readonly structuredReplies: boolean;
}

export class NbdServer {
  readonly exports: readonly ServedExport[];
  readonly structuredReplies: boolean;
  /** Replaced before a client connects, written to by requests. */
  readonly disks = new SparseDisks();
  /** How many requests have arrived so far. */
  requestCount = 0;
  /** With all clients; what else is sent to them can be added. */
  readonly traffic = new Traffic();
  /** How many writes have been carried out so far. */
  writeCount = 0;
  rules: ServerRules = PASS_ALL;
  /** Called when a request was added to those that wait. */
  onHeld: (held: HeldRequest) => void = () => {};
  /** Called when a client has gone, for whatever reason. */
  onDisconnect: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The connections whose last write no flush has followed, and the export of each. */
  readonly #unflushed = new Map<Socket, { readonly exportName: string; readonly since: number }>();
  readonly #waiting = new Map<HeldRequest, Socket>();
  readonly #memory = new UsedAgain();

  private constructor(options: NbdServerOptions) {
    this.exports = options.exports;
    this.structuredReplies = options.structuredReplies;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Rejects with the error of `listen`, such as EADDRINUSE. */
  static listen(options: NbdServerOptions): Promise<NbdServer> {
    const made = new NbdServer(options);
    return new Promise((resolve, reject) => {
      made.#server.once('error', reject);
      made.#server.listen(options.path, () => {
        made.#server.removeListener('error', reject);
        resolve(made);
      });
    });
  }

  /** The requests that wait to be released, oldest first. */
  get waiting(): readonly ServedRequest[] {
    return [...this.#waiting.keys()];
  }

  contentOf(disk: string): Buffer {
    return this.disks.contentOf(disk);
  }

  /**
   * Whether each of the first `writes` writes, as `writeCount` counts them, that came through this export has been followed
   * by a flush of the connection that it came on.
   */
  isFlushed(exportName: string, writes: number): boolean {
    for (const unflushed of this.#unflushed.values())
      if (unflushed.exportName === exportName && unflushed.since <= writes) return false;
    return true;
  }

  /** What was written to a disk before counts as flushed: its content is new. */
  forgetUnflushed(disk: string): void {
    const names = this.exports.filter((served) => served.disk === disk).map(({ name }) => name);
    for (const [socket, { exportName }] of this.#unflushed)
      if (names.includes(exportName)) this.#unflushed.delete(socket);
  }

  /** Drops all clients at once, as a dying peer does. */
  dropClients(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.dropClients();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.traffic.add(socket);
    // The end of a connection is signalled by 'close'; a reset while writing is one way to get there.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#unflushed.delete(socket);
      for (const [held, by] of this.#waiting) if (by === socket) this.#waiting.delete(held);
      this.onDisconnect();
    });
    socket.write(SERVER_GREETING);
    parseSocket(socket, this.#parse(socket), () => socket.destroy());
  }

  *#parse(socket: Socket): ByteParser<void> {
    const offer = yield* readClientOffer(socket, this);
    if (offer === null) {
      socket.end();
      return;
    }
    for (;;) {
      const head = yield REQUEST_BYTES;
      if (head.readUInt32BE(0) !== MAGIC.request) throw new Error('not an NBD request');
      const code = head.readUInt16BE(6);
      if (code === COMMAND.disconnect) {
        socket.end();
        return;
      }
      const command = commandName(code);
      const lengthBytes = head.readUInt32BE(24);
      const place = { offsetBytes: Number(head.readBigUInt64BE(16)), lengthBytes };
      const cookie = Buffer.from(head.subarray(8, 16));
      const bytes = command === 'write' ? yield this.#memory.take(lengthBytes) : NOTHING;
      const request: ServedRequest = { exportName: offer.served.name, command, ...place, bytes };
      this.#serve(socket, request, () => {
        const { errno, bytes: found } = this.#carryOut(request, offer.served);
        if (errno === 0) this.#noteFlushed(socket, request);
        if (this.rules.forgetsBytes === true) this.#memory.giveBack(bytes);
        if (socket.destroyed) return;
        const isChunk = offer.structuredReplies && request.command === 'read';
        socket.cork();
        const parts = isChunk ? readChunks(cookie, request, errno, found) : simpleReply(cookie, errno, found);
        const last = parts.length - 1;
        for (const [index, part] of parts.entries()) {
          if (index < last) socket.write(part);
          else socket.write(part, () => this.#memory.giveBack(found));
        }
        socket.uncork();
      });
    }
  }

  #changes(request: ServedRequest, usually: boolean): boolean {
    return this.rules.changes?.(request, usually) ?? usually;
  }

  #serve(socket: Socket, request: ServedRequest, carryOut: () => void): void {
    this.requestCount++;
    if (!this.rules.hold(request)) {
      carryOut();
      return;
    }
    const release = (): void => {
      this.#waiting.delete(held);
      carryOut();
    };
    const held: HeldRequest = { ...request, release };
    this.#waiting.set(held, socket);
    this.onHeld(held);
  }

  #noteFlushed(socket: Socket, { command, exportName }: ServedRequest): void {
    if (command === 'flush') this.#unflushed.delete(socket);
    if (command !== 'write' && command !== 'writeZeroes') return;
    const since = this.#unflushed.get(socket)?.since ?? ++this.writeCount;
    this.#unflushed.set(socket, { exportName, since });
  }

  #carryOut(request: ServedRequest, { disk, ignoresWrites }: ServedExport): { errno: number; bytes: Buffer } {
    const { offsetBytes, lengthBytes } = request;
    if (offsetBytes + lengthBytes > this.disks.lengthOf(disk))
      return { errno: errnoNumber('EINVAL'), bytes: NOTHING };
    const fault = this.rules.fault(request);
    if (fault !== null) return { errno: errnoNumber(fault), bytes: NOTHING };
    switch (request.command) {
      case 'read':
        // A copy, because the socket may take the bytes after the next write has changed them.
        return { errno: 0, bytes: this.#memory.copyOf(this.disks.read(disk, offsetBytes, lengthBytes)) };
      case 'write':
        if (this.#changes(request, !ignoresWrites)) this.disks.place(disk, offsetBytes, request.bytes);
        return { errno: 0, bytes: NOTHING };
      case 'writeZeroes':
      // What is discarded reads as zeroes from then on.
      case 'trim':
        if (this.#changes(request, !ignoresWrites)) this.disks.zero(disk, offsetBytes, lengthBytes);
        return { errno: 0, bytes: NOTHING };
      case 'flush':
        return { errno: 0, bytes: NOTHING };
    }
  }
}

function commandName(code: number): ServedCommand {
  switch (code) {
    case COMMAND.read:
      return 'read';
    case COMMAND.write:
      return 'write';
    case COMMAND.writeZeroes:
      return 'writeZeroes';
    case COMMAND.trim:
      return 'trim';
    case COMMAND.flush:
      return 'flush';
    default:
      throw new Error(`NBD command ${code} was not offered`);
  }
}

function simpleReply(cookie: Buffer, errno: number, bytes: Buffer): Buffer[] {
  const head = Buffer.alloc(SIMPLE_REPLY_BYTES);
  head.writeUInt32BE(MAGIC.simpleReply, 0);
  head.writeUInt32BE(errno, 4);
  cookie.copy(head, 8);
  return bytes.length > 0 ? [head, bytes] : [head];
}

/** A read answered in two data chunks and an end, so that a client has to join them. */
function readChunks(cookie: Buffer, request: ServedRequest, errno: number, bytes: Buffer): Buffer[] {
  if (errno !== 0) {
    const data = Buffer.alloc(6);
    data.writeUInt32BE(errno, 0);
    return chunk(cookie, CHUNK_ERROR_BIT | 1, CHUNK_FLAG_DONE, [data]);
  }
  const middle = bytes.length >> 1;
  const part = (start: number, end: number): Buffer[] => {
    const offset = Buffer.alloc(8);
    offset.writeBigUInt64BE(BigInt(request.offsetBytes + start), 0);
    return start === end ? [] : chunk(cookie, CHUNK.offsetData, 0, [offset, bytes.subarray(start, end)]);
  };
  return [
    ...part(middle, bytes.length),
    ...part(0, middle),
    ...chunk(cookie, CHUNK.none, CHUNK_FLAG_DONE, []),
  ];
}

function chunk(cookie: Buffer, type: number, flags: number, data: readonly Buffer[]): Buffer[] {
  const head = Buffer.alloc(STRUCTURED_REPLY_BYTES);
  head.writeUInt32BE(MAGIC.structuredReply, 0);
  head.writeUInt16BE(flags, 4);
  head.writeUInt16BE(type, 6);
  cookie.copy(head, 8);
  head.writeUInt32BE(
    data.reduce((sum, part) => sum + part.length, 0),
    16,
  );
  return [head, ...data];
}
