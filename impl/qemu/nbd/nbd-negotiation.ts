/** The client's side of the NBD handshake: fixed newstyle, NBD_OPT_GO, all options sent at once. */
import type { ByteParser } from './byte-parser.ts';
import {
  encodeName,
  encodeOption,
  errnoName,
  HANDSHAKE_FLAGS,
  INFO_EXPORT,
  MAGIC,
  OPTION,
  OPTION_REPLY,
  OPTION_REPLY_BYTES,
} from './nbd-protocol.ts';

export interface NbdOffer {
  readonly exportName: string;
  /** Whether replies to reads may come in chunks; block status needs it. */
  readonly structuredReplies: boolean;
  /** Such as `base:allocation`; the server must know each of them. */
  readonly metaContexts: readonly string[];
}

export interface NbdExport {
  readonly sizeBytes: number;
  /** NBD_FLAG_* bits. */
  readonly flags: number;
  readonly metaContextIds: ReadonlyMap<number, string>;
}

/** The server answered an option with an error; `reason` is its own text, such as `export 'rep' not present`. */
export class NbdRefused extends Error {
  override readonly name = 'NbdRefused';
  readonly reason: string;

  constructor(exportName: string, reason: string) {
    super(`NBD export ${exportName}: ${reason}`);
    this.reason = reason;
  }
}

/** Everything that the client has to say before the transmission phase; nothing in it depends on an answer. */
export function encodeOffer(offer: NbdOffer): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(HANDSHAKE_FLAGS, 0);
  const parts: Buffer[] = [flags];
  if (offer.structuredReplies) parts.push(encodeOption(OPTION.structuredReply, Buffer.alloc(0)));
  if (offer.metaContexts.length > 0) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(offer.metaContexts.length, 0);
    const queries = Buffer.concat([
      encodeName(offer.exportName),
      count,
      ...offer.metaContexts.map(encodeName),
    ]);
    parts.push(encodeOption(OPTION.setMetaContext, queries));
  }
  parts.push(encodeOption(OPTION.go, Buffer.concat([encodeName(offer.exportName), Buffer.alloc(2)])));
  return Buffer.concat(parts);
}

/** Reads the server's side of the handshake. Throws `NbdRefused`, or an Error where it is no NBD server. */
export function* readNegotiation(offer: NbdOffer): ByteParser<NbdExport> {
  const greeting = yield 18;
  if (greeting.readBigUInt64BE(0) !== MAGIC.greeting || greeting.readBigUInt64BE(8) !== MAGIC.option) {
    throw new Error(`not a newstyle NBD server: it began with ${greeting.toString('hex')}`);
  }
  if ((greeting.readUInt16BE(16) & HANDSHAKE_FLAGS) !== HANDSHAKE_FLAGS) {
    throw new Error('the NBD server lacks fixed newstyle or no-zeroes; use one that has both');
  }
  const metaContextIds = new Map<number, string>();
  if (offer.structuredReplies) yield* readOptionReplies(offer, OPTION.structuredReply, () => {});
  if (offer.metaContexts.length > 0) {
    yield* readOptionReplies(offer, OPTION.setMetaContext, (type, data) => {
      if (type === OPTION_REPLY.metaContext)
        metaContextIds.set(data.readUInt32BE(0), data.toString('utf8', 4));
    });
  }
  const missing = offer.metaContexts.filter((name) => ![...metaContextIds.values()].includes(name));
  if (missing.length > 0) throw new NbdRefused(offer.exportName, `no meta context ${missing.join(', ')}`);
  let described: { sizeBytes: number; flags: number } | null = null;
  yield* readOptionReplies(offer, OPTION.go, (type, data) => {
    if (type !== OPTION_REPLY.info || data.readUInt16BE(0) !== INFO_EXPORT) return;
    described = { sizeBytes: Number(data.readBigUInt64BE(2)), flags: data.readUInt16BE(10) };
  });
  return { ...requireDescription(described), metaContextIds };
}

function requireDescription(described: { sizeBytes: number; flags: number } | null): {
  sizeBytes: number;
  flags: number;
} {
  if (described === null) throw new Error('the NBD server did not say how large the export is');
  return described;
}

function* readOptionReplies(
  offer: NbdOffer,
  option: number,
  onReply: (type: number, data: Buffer) => void,
): ByteParser<void> {
  for (;;) {
    const head = yield OPTION_REPLY_BYTES;
    if (head.readBigUInt64BE(0) !== MAGIC.optionReply || head.readUInt32BE(8) !== option) {
      throw new Error(`unexpected reply to NBD option ${option}: ${head.toString('hex')}`);
    }
    const type = head.readUInt32BE(12);
    const data = yield head.readUInt32BE(16);
    if (type === OPTION_REPLY.ack) return;
    if (type >= OPTION_REPLY.errorUnsupported) {
      const reason =
        data.length > 0 ? data.toString('utf8') : `option ${option}: ${errnoName(type & 0xffff)}`;
      throw new NbdRefused(offer.exportName, reason);
    }
    onReply(type, data);
  }
}
