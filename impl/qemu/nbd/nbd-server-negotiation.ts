/** The server's side of the NBD handshake: fixed newstyle, NBD_OPT_GO, optionally structured replies. */
import type { Socket } from 'node:net';
import type { ByteParser } from './byte-parser.ts';
import {
  EXPORT_FLAG,
  HANDSHAKE_FLAGS,
  INFO_EXPORT,
  MAGIC,
  OPTION,
  OPTION_REPLY,
  OPTION_REPLY_BYTES,
} from './nbd-protocol.ts';
import type { SparseDisks } from './sparse-disks.ts';

/** A name under which a disk is served. */
export interface ServedExport {
  readonly name: string;
  /** The name of the disk behind it. */
  readonly disk: string;
  /** Writes succeed or fail by the rules and change nothing: for the second way to a disk that gets them already. */
  readonly ignoresWrites: boolean;
}

/** What the handshake needs to know of the server. */
export interface ServedDisks {
  readonly exports: readonly ServedExport[];
  readonly structuredReplies: boolean;
  readonly disks: Pick<SparseDisks, 'lengthOf'>;
}

export interface ClientOffer {
  readonly structuredReplies: boolean;
  /** The export that the client chose. */
  readonly served: ServedExport;
}

export const SERVER_GREETING = makeGreeting();

/** Answers options until NBD_OPT_GO; null where the client gave up. Throws where the peer speaks no NBD. */
export function* readClientOffer(socket: Socket, disks: ServedDisks): ByteParser<ClientOffer | null> {
  yield 4;
  let structuredReplies = false;
  for (;;) {
    const head = yield 16;
    if (head.readBigUInt64BE(0) !== MAGIC.option) throw new Error('not an NBD option');
    const option = head.readUInt32BE(8);
    const data = yield head.readUInt32BE(12);
    if (option === OPTION.go) {
      const name = data.toString('utf8', 4, 4 + data.readUInt32BE(0));
      const served = disks.exports.find((each) => each.name === name);
      if (served !== undefined) {
        socket.write(
          Buffer.concat([
            reply(option, OPTION_REPLY.info, describe(disks.disks.lengthOf(served.disk))),
            reply(option, OPTION_REPLY.ack),
          ]),
        );
        return { structuredReplies, served };
      }
      socket.write(reply(option, OPTION_REPLY.errorUnknown, Buffer.from(`export '${name}' not present`)));
    } else if (option === OPTION.abort) {
      socket.write(reply(option, OPTION_REPLY.ack));
      return null;
    } else if (option === OPTION.structuredReply && disks.structuredReplies) {
      structuredReplies = true;
      socket.write(reply(option, OPTION_REPLY.ack));
    } else {
      socket.write(reply(option, OPTION_REPLY.errorUnsupported));
    }
  }
}

function makeGreeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(MAGIC.greeting, 0);
  bytes.writeBigUInt64BE(MAGIC.option, 8);
  bytes.writeUInt16BE(HANDSHAKE_FLAGS, 16);
  return bytes;
}

function reply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(OPTION_REPLY_BYTES);
  head.writeBigUInt64BE(MAGIC.optionReply, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

function describe(lengthBytes: number): Buffer {
  const { hasFlags, sendFlush, sendTrim, sendWriteZeroes } = EXPORT_FLAG;
  const data = Buffer.alloc(12);
  data.writeUInt16BE(INFO_EXPORT, 0);
  data.writeBigUInt64BE(BigInt(lengthBytes), 2);
  data.writeUInt16BE(hasFlags | sendFlush | sendTrim | sendWriteZeroes, 10);
  return data;
}
