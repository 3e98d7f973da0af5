/** Numbers and frames of the NBD protocol (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md). */

export const MAGIC = {
  greeting: 0x4e42444d41474943n,
  option: 0x49484156454f5054n,
  optionReply: 0x3e889045565a9n,
  request: 0x25609513,
  simpleReply: 0x67446698,
  structuredReply: 0x668e33ef,
} as const;

/** NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES, the same bits on both sides. */
export const HANDSHAKE_FLAGS = 3;

export const OPTION = { abort: 2, go: 7, structuredReply: 8, setMetaContext: 10 } as const;

export const OPTION_REPLY = {
  ack: 1,
  info: 3,
  metaContext: 4,
  errorUnsupported: 0x80000001,
  errorUnknown: 0x80000006,
} as const;

export const INFO_EXPORT = 0;

export const EXPORT_FLAG = {
  hasFlags: 1,
  readOnly: 1 << 1,
  sendFlush: 1 << 2,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
} as const;

export const COMMAND = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

export const CHUNK = { none: 0, offsetData: 1, offsetHole: 2, blockStatus: 5 } as const;
export const CHUNK_ERROR_BIT = 0x8000;
export const CHUNK_FLAG_DONE = 1;

export const REQUEST_BYTES = 28;
export const SIMPLE_REPLY_BYTES = 16;
export const STRUCTURED_REPLY_BYTES = 20;
export const OPTION_REPLY_BYTES = 20;

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'EPERM'],
  [5, 'EIO'],
  [12, 'ENOMEM'],
  [22, 'EINVAL'],
  [28, 'ENOSPC'],
  [75, 'EOVERFLOW'],
  [95, 'ENOTSUP'],
  [108, 'ESHUTDOWN'],
]);

/** The name of an error number of the protocol, such as `EIO`; `errno 7` for a number that it does not define. */
export function errnoName(number: number): string {
  return ERRNO_NAMES.get(number) ?? `errno ${number}`;
}

/** The error number of a name that the protocol defines. */
export function errnoNumber(name: string): number {
  for (const [number, known] of ERRNO_NAMES) if (known === name) return number;
  throw new RangeError(
    `${name} is not an error of the NBD protocol; use one of ${[...ERRNO_NAMES.values()].join(', ')}`,
  );
}

export interface RequestFrame {
  readonly command: number;
  readonly cookie: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** The 28 bytes of a request without its payload. Cookies are numbers below 2^32. */
export function encodeRequest(frame: RequestFrame): Buffer {
  const bytes = Buffer.alloc(REQUEST_BYTES);
  bytes.writeUInt32BE(MAGIC.request, 0);
  bytes.writeUInt16BE(frame.command, 6);
  bytes.writeUInt32BE(frame.cookie, 12);
  bytes.writeBigUInt64BE(BigInt(frame.offsetBytes), 16);
  bytes.writeUInt32BE(frame.lengthBytes, 24);
  return bytes;
}

/** One option of the handshake with its data. */
export function encodeOption(option: number, data: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64BE(MAGIC.option, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

/** A string with its 32-bit length before it, as options carry names. */
export function encodeName(name: string): Buffer {
  const text = Buffer.from(name);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length, 0);
  return Buffer.concat([length, text]);
}
