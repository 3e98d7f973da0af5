/** An NBD client on a unix socket: several requests may be in flight, each settles by its cookie. */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { POISON_BYTE } from '../../payload.ts';
import { feeding } from './byte-parser.ts';
import type { ByteParser } from './byte-parser.ts';
import { encodeOffer, NbdRefused, readNegotiation } from './nbd-negotiation.ts';
import type { NbdExport, NbdOffer } from './nbd-negotiation.ts';
import {
  CHUNK,
  CHUNK_ERROR_BIT,
  CHUNK_FLAG_DONE,
  COMMAND,
  encodeOption,
  encodeRequest,
  errnoName,
  MAGIC,
  OPTION,
  SIMPLE_REPLY_BYTES,
  STRUCTURED_REPLY_BYTES,
} from './nbd-protocol.ts';
import { ConnectionLost, UnexpectedAnswer } from '../watch/qemu-lost.ts';
import { StallWatch } from '../watch/stall-watch.ts';
import type { Traffic } from '../watch/traffic.ts';

/** `flags` of a block status extent mean what its meta context says; for `qemu:allocation-depth` they are the depth. */
export interface StatusExtent {
  readonly lengthBytes: number;
  readonly flags: number;
}

export type NbdReply =
  | { readonly kind: 'done'; readonly bytes: Buffer; readonly extents: readonly StatusExtent[] }
  | { readonly kind: 'errno'; readonly errno: string };

interface PendingRequest {
  /** Poisoned target of a read; empty for all other commands. */
  readonly bytes: Buffer;
  readonly offsetBytes: number;
  readonly resolve: (reply: NbdReply) => void;
  readonly reject: (error: Error) => void;
  extents: StatusExtent[];
  errno: number;
}

export interface NbdClientOptions extends NbdOffer {
  readonly path: string;
  /** A request that gets no answer for this long fails with `ConnectionLost` (`hang`). */
  readonly stallMs: number;
  /** Where it counts what is on its way. */
  readonly traffic?: Traffic;
}

const NOTHING = Buffer.alloc(0);

/** What arrives is taken out of it before anything else is received, by whichever client. */
const received = Buffer.alloc(256 * 1024);

export class NbdClient {
  readonly #socket: Socket;
  readonly #watch: StallWatch;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #label: string;
  #export: NbdExport | null = null;
  #lost: Error | null = null;
  #cookie = 0;

  private constructor(socket: Socket, options: NbdClientOptions) {
    this.#socket = socket;
    this.#label = `NBD export ${options.exportName}`;
    this.#watch = new StallWatch(options.stallMs, () =>
      this.#fail(new ConnectionLost('hang', `${this.#label}: no answer for ${options.stallMs} ms`)),
    );
  }

  /** Rejects with `NbdRefused` where the server denies the export, else with `ConnectionLost` or `UnexpectedAnswer`. */
  static connect(options: NbdClientOptions): Promise<NbdClient> {
    return new Promise((resolve, reject) => {
      let feed: ReturnType<typeof feeding> = () => {};
      const callback = (count: number): boolean => {
        feed(received.subarray(0, count));
        return true;
      };
      const socket = createConnection({ path: options.path, onread: { buffer: received, callback } });
      options.traffic?.add(socket);
      const client = new NbdClient(socket, options);
      const onFailure = (error: Error): void => {
        // A server that refused the export waits for another option; an unannounced end would be noise in its log.
        if (error instanceof NbdRefused) socket.write(encodeOption(OPTION.abort, NOTHING));
        client.#fail(error);
        reject(error);
      };
      client.#watch.begin();
      socket.on('error', ({ message }) =>
        onFailure(new ConnectionLost('crash', `${client.#label}: ${message}`)),
      );
      socket.on('close', () =>
        onFailure(new ConnectionLost('crash', `${client.#label}: the server hung up`)),
      );
      socket.write(encodeOffer(options));
      const ready = (): void => {
        client.#watch.end();
        resolve(client);
      };
      // Whatever else the parser throws says that these bytes are not what a server sends.
      feed = feeding(client.#parse(options, ready), 'used again', (error) =>
        onFailure(
          error instanceof NbdRefused
            ? error
            : new UnexpectedAnswer('nonsense', `${client.#label}: ${error.message}`),
        ),
      );
    });
  }

  get sizeBytes(): number {
    return this.#export?.sizeBytes ?? 0;
  }

  /** Whether the connection can still be used. */
  get isOpen(): boolean {
    return this.#lost === null;
  }

  /** The bytes of the reply lie in `into` where it is given, which is as long. */
  read(offsetBytes: number, lengthBytes: number, into?: Buffer): Promise<NbdReply> {
    const target = into?.fill(POISON_BYTE) ?? Buffer.alloc(lengthBytes, POISON_BYTE);
    return this.#request(COMMAND.read, offsetBytes, lengthBytes, NOTHING, target);
  }

  write(offsetBytes: number, payload: Uint8Array): Promise<NbdReply> {
    return this.#request(COMMAND.write, offsetBytes, payload.length, payload);
  }

  writeZeroes(offsetBytes: number, lengthBytes: number): Promise<NbdReply> {
    return this.#request(COMMAND.writeZeroes, offsetBytes, lengthBytes, NOTHING);
  }

  trim(offsetBytes: number, lengthBytes: number): Promise<NbdReply> {
    return this.#request(COMMAND.trim, offsetBytes, lengthBytes, NOTHING);
  }

  flush(): Promise<NbdReply> {
    return this.#request(COMMAND.flush, 0, 0, NOTHING);
  }

  /** Extents from `offsetBytes` on; a server may describe less than was asked for. Needs exactly one meta context. */
  blockStatus(offsetBytes: number, lengthBytes: number): Promise<NbdReply> {
    return this.#request(COMMAND.blockStatus, offsetBytes, lengthBytes, NOTHING);
  }

  /** Says goodbye and closes; requests still in flight reject. */
  close(): void {
    if (this.#lost !== null) return;
    this.#socket.end(
      encodeRequest({ command: COMMAND.disconnect, cookie: 0, offsetBytes: 0, lengthBytes: 0 }),
    );
    this.#fail(new Error(`${this.#label}: closed by this side`));
  }

  #request(
    command: number,
    offsetBytes: number,
    lengthBytes: number,
    payload: Uint8Array,
    bytes: Buffer = NOTHING,
  ): Promise<NbdReply> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) {
        reject(this.#lost);
        return;
      }
      const cookie = (this.#cookie = (this.#cookie + 1) >>> 0);
      this.#pending.set(cookie, { bytes, offsetBytes, resolve, reject, extents: [], errno: 0 });
      this.#watch.begin();
      this.#socket.cork();
      this.#socket.write(encodeRequest({ command, cookie, offsetBytes, lengthBytes }));
      if (payload.length > 0) this.#socket.write(payload);
      this.#socket.uncork();
    });
  }

  *#parse(offer: NbdOffer, onReady: () => void): ByteParser<void> {
    this.#export = yield* readNegotiation(offer);
    onReady();
    for (;;) {
      const head = yield SIMPLE_REPLY_BYTES;
      this.#watch.moved();
      const magic = head.readUInt32BE(0);
      if (magic === MAGIC.simpleReply) yield* this.#parseSimple(head);
      else if (magic === MAGIC.structuredReply) yield* this.#parseChunk(head);
      else throw new Error(`not a reply: ${head.toString('hex')}`);
    }
  }

  *#parseSimple(head: Buffer): ByteParser<void> {
    const cookie = head.readUInt32BE(12);
    const pending = this.#find(cookie);
    pending.errno = head.readUInt32BE(4);
    if (pending.errno === 0 && pending.bytes.length > 0) yield pending.bytes;
    this.#settle(cookie, pending);
  }

  *#parseChunk(head: Buffer): ByteParser<void> {
    const cookie = head.readUInt32BE(12);
    const type = head.readUInt16BE(6);
    const lengthBytes = (yield STRUCTURED_REPLY_BYTES - SIMPLE_REPLY_BYTES).readUInt32BE(0);
    const data = yield lengthBytes;
    const pending = this.#find(cookie);
    if ((type & CHUNK_ERROR_BIT) !== 0) pending.errno = data.readUInt32BE(0);
    else applyChunk(pending, type, data);
    if ((head.readUInt16BE(4) & CHUNK_FLAG_DONE) !== 0) this.#settle(cookie, pending);
  }

  #find(cookie: number): PendingRequest {
    const pending = this.#pending.get(cookie);
    if (pending === undefined) throw new Error(`reply to a request never made, cookie ${cookie}`);
    return pending;
  }

  #settle(cookie: number, pending: PendingRequest): void {
    this.#pending.delete(cookie);
    this.#watch.end();
    if (pending.errno !== 0) pending.resolve({ kind: 'errno', errno: errnoName(pending.errno) });
    else pending.resolve({ kind: 'done', bytes: pending.bytes, extents: pending.extents });
  }

  #fail(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#watch.stop();
    this.#socket.destroySoon();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function applyChunk(pending: PendingRequest, type: number, data: Buffer): void {
  switch (type) {
    case CHUNK.none:
      return;
    case CHUNK.offsetData:
      data.copy(pending.bytes, Number(data.readBigUInt64BE(0)) - pending.offsetBytes, 8);
      return;
    case CHUNK.offsetHole: {
      const start = Number(data.readBigUInt64BE(0)) - pending.offsetBytes;
      pending.bytes.fill(0, start, start + data.readUInt32BE(8));
      return;
    }
    case CHUNK.blockStatus:
      for (let at = 4; at + 8 <= data.length; at += 8) {
        pending.extents.push({ lengthBytes: data.readUInt32BE(at), flags: data.readUInt32BE(at + 4) });
      }
      return;
    default:
      throw new Error(`NBD reply chunk of unknown type ${type}`);
  }
}
