import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NbdClient } from './nbd-client.ts';
import { NbdRefused } from './nbd-negotiation.ts';
import { MAGIC } from './nbd-protocol.ts';
import { NbdServer } from './nbd-server.ts';
import type { HeldRequest } from './nbd-server.ts';

const EXPORTS = [
  { name: 'disk', disk: 'only', ignoresWrites: false },
  { name: 'deaf', disk: 'only', ignoresWrites: true },
];

let directory: string;
let path: string;
let server: NbdServer | null = null;
let scripted: Server | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nbd-'));
  path = join(directory, 'socket');
});

afterEach(async () => {
  await server?.close();
  scripted?.close();
  server = null;
  scripted = null;
  rmSync(directory, { recursive: true });
});

async function serve(structuredReplies: boolean, content: Buffer = Buffer.alloc(4096)): Promise<NbdServer> {
  server = await NbdServer.listen({ path, exports: EXPORTS, structuredReplies });
  server.disks.set('only', content);
  return server;
}

function connect(exportName = 'disk', structuredReplies = false, stallMs = 5000): Promise<NbdClient> {
  return NbdClient.connect({ path, exportName, structuredReplies, metaContexts: [], stallMs });
}

describe.each([false, true])('client and server, structured replies %s', (structuredReplies) => {
  test('what is written is in memory and is read back', async () => {
    const content = (await serve(structuredReplies)).contentOf('only');
    const client = await connect('disk', structuredReplies);
    expect(client.sizeBytes).toBe(4096);
    expect(await client.write(512, Buffer.alloc(512, 7))).toMatchObject({ kind: 'done' });
    expect(content.subarray(512, 1024).every((byte) => byte === 7)).toBe(true);
    expect(await client.read(0, 1024)).toMatchObject({
      bytes: Buffer.concat([Buffer.alloc(512), Buffer.alloc(512, 7)]),
    });
    expect(await client.writeZeroes(768, 512)).toMatchObject({ kind: 'done' });
    expect(content.subarray(768, 1024).every((byte) => byte === 0)).toBe(true);
    expect(await client.trim(0, 4096)).toMatchObject({ kind: 'done' });
    // What is discarded reads as zeroes, as on most stores.
    expect(content[512]).toBe(0);
    expect(await client.flush()).toMatchObject({ kind: 'done' });
  });

  test('a faulty request fails whole, changes nothing, and leaves the connection usable', async () => {
    const content = (await serve(structuredReplies, Buffer.alloc(4096, 1))).contentOf('only');
    if (server !== null)
      server.rules = { hold: () => false, fault: ({ offsetBytes }) => (offsetBytes === 512 ? 'EIO' : null) };
    const client = await connect('disk', structuredReplies);
    expect(await client.write(512, Buffer.alloc(1024, 9))).toEqual({ kind: 'errno', errno: 'EIO' });
    expect(content.every((byte) => byte === 1)).toBe(true);
    expect(await client.read(512, 512)).toEqual({ kind: 'errno', errno: 'EIO' });
    expect(await client.read(4096, 1)).toEqual({ kind: 'errno', errno: 'EINVAL' });
    expect(await client.read(0, 1)).toMatchObject({ bytes: Buffer.from([1]) });
  });

  test('a held request waits and does nothing while later ones pass', async () => {
    const made = await serve(structuredReplies);
    const held: HeldRequest[] = [];
    made.rules = { hold: ({ command }) => command === 'write', fault: () => null };
    made.onHeld = (request) => held.push(request);
    const client = await connect('disk', structuredReplies);
    const write = client.write(0, Buffer.alloc(512, 5));
    expect(await client.read(0, 512)).toMatchObject({ bytes: Buffer.alloc(512) });
    expect(held).toMatchObject([{ command: 'write', offsetBytes: 0, lengthBytes: 512, exportName: 'disk' }]);
    held[0]?.release();
    expect(await write).toMatchObject({ kind: 'done' });
    expect(made.contentOf('only')[0]).toBe(5);
  });

  test('the end of the server rejects everything in flight', async () => {
    const made = await serve(structuredReplies);
    made.rules = { hold: () => true, fault: () => null };
    const client = await connect('disk', structuredReplies);
    const pending = [client.read(0, 1), client.flush()];
    made.onHeld = ({ command }) => {
      if (command === 'flush') made.dropClients();
    };
    for (const each of pending) await expect(each).rejects.toMatchObject({ how: 'crash' });
    await expect(client.read(0, 1)).rejects.toMatchObject({ how: 'crash' });
  });
});

test('what one connection has written is flushed by that connection alone', async () => {
  const made = await serve(false);
  const [one, other] = [await connect(), await connect()];
  await one.write(0, Buffer.alloc(512));
  await other.flush();
  expect([made.isFlushed('disk', 1), made.isFlushed('deaf', 1)]).toEqual([false, true]);
  await one.flush();
  expect(made.isFlushed('disk', 1)).toBe(true);
  await one.writeZeroes(0, 512);
  await one.read(0, 512);
  // A write that came after the flush was sent is none of it.
  expect([made.isFlushed('disk', 1), made.isFlushed('disk', 2)]).toEqual([true, false]);
  made.forgetUnflushed('only');
  expect(made.isFlushed('disk', 2)).toBe(true);
});

test('writes to an export that ignores them are acknowledged and change nothing', async () => {
  const content = (await serve(false)).contentOf('only');
  const client = await connect('deaf');
  expect(await client.write(0, Buffer.alloc(512, 3))).toMatchObject({ kind: 'done' });
  expect(await client.writeZeroes(0, 512)).toMatchObject({ kind: 'done' });
  expect(content.every((byte) => byte === 0)).toBe(true);
});

test('an export that is not there is refused with the words of the server', async () => {
  await serve(false);
  const refused = connect('elsewhere');
  await expect(refused).rejects.toThrow(NbdRefused);
  await expect(refused).rejects.toMatchObject({ reason: "export 'elsewhere' not present" });
});

test('a meta context that the server does not know is refused', async () => {
  await serve(true);
  await expect(
    NbdClient.connect({
      path,
      exportName: 'disk',
      structuredReplies: true,
      metaContexts: ['base:allocation'],
      stallMs: 5000,
    }),
  ).rejects.toThrow(NbdRefused);
});

test('a request that gets no answer is a hang', async () => {
  const made = await serve(false);
  made.rules = { hold: () => true, fault: () => null };
  const client = await connect('disk', false, 50);
  await expect(client.flush()).rejects.toMatchObject({ how: 'hang' });
});

/** A server that has done the handshake and then answers the first request with these bytes, one at a time. */
async function script(reply: (cookie: Buffer) => Buffer): Promise<void> {
  const greeting = Buffer.alloc(18);
  greeting.writeBigUInt64BE(MAGIC.greeting, 0);
  greeting.writeBigUInt64BE(MAGIC.option, 8);
  greeting.writeUInt16BE(3, 16);
  const option = (type: number, code: number, data: Buffer): Buffer => {
    const head = Buffer.alloc(20);
    head.writeBigUInt64BE(MAGIC.optionReply, 0);
    head.writeUInt32BE(code, 8);
    head.writeUInt32BE(type, 12);
    head.writeUInt32BE(data.length, 16);
    return Buffer.concat([head, data]);
  };
  const info = Buffer.alloc(12);
  info.writeBigUInt64BE(4096n, 2);
  const context = Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from('qemu:allocation-depth')]);
  const none = Buffer.alloc(0);
  scripted = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(
      Buffer.concat([
        greeting,
        option(1, 8, none),
        option(4, 10, context),
        option(1, 10, none),
        option(3, 7, info),
        option(1, 7, none),
      ]),
    );
    socket.on('data', (bytes: Buffer) => {
      const at = bytes.indexOf(Buffer.from([0x25, 0x60, 0x95, 0x13]));
      if (at < 0) return;
      for (const byte of reply(bytes.subarray(at + 8, at + 16))) socket.write(Buffer.from([byte]));
    });
  });
  await new Promise<void>((resolve) => scripted?.listen(path, resolve));
}

function connectForDepth(): Promise<NbdClient> {
  const metaContexts = ['qemu:allocation-depth'];
  return NbdClient.connect({
    path,
    exportName: 'disk',
    structuredReplies: true,
    metaContexts,
    stallMs: 5000,
  });
}

function chunk(cookie: Buffer, flags: number, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(MAGIC.structuredReply, 0);
  head.writeUInt16BE(flags, 4);
  head.writeUInt16BE(type, 6);
  cookie.copy(head, 8);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

test('block status extents come out in order, byte by byte as they arrive', async () => {
  const data = Buffer.alloc(20);
  [9, 512, 1, 3584, 4].forEach((value, index) => data.writeUInt32BE(value, index * 4));
  await script((cookie) => chunk(cookie, 1, 5, data));
  const client = await connectForDepth();
  expect(await client.blockStatus(0, 4096)).toMatchObject({
    extents: [
      { lengthBytes: 512, flags: 1 },
      { lengthBytes: 3584, flags: 4 },
    ],
  });
});

test('a hole is read as zeroes, and bytes that no chunk covers stay poisoned', async () => {
  const hole = Buffer.alloc(12);
  hole.writeBigUInt64BE(100n, 0);
  hole.writeUInt32BE(2, 8);
  await script((cookie) => Buffer.concat([chunk(cookie, 0, 2, hole), chunk(cookie, 1, 0, Buffer.alloc(0))]));
  const client = await connectForDepth();
  expect(await client.read(99, 4)).toMatchObject({ bytes: Buffer.from([0xa5, 0, 0, 0xa5]) });
});

test('an error chunk fails the request with the name of its number', async () => {
  await script((cookie) => chunk(cookie, 1, 0x8001, Buffer.from([0, 0, 0, 28, 0, 0])));
  const client = await connectForDepth();
  expect(await client.read(0, 4)).toEqual({ kind: 'errno', errno: 'ENOSPC' });
});

test('a reply that is none, and one to a request never made, end the connection with what was received', async () => {
  await script(() => Buffer.alloc(16, 0x41));
  await expect((await connectForDepth()).read(0, 4)).rejects.toThrow(/not a reply: 4141/);
  scripted?.close();
  rmSync(path, { force: true });
  await script(() => chunk(Buffer.from([0, 0, 0, 0, 0, 0, 0, 77]), 1, 0, Buffer.alloc(0)));
  await expect((await connectForDepth()).read(0, 4)).rejects.toThrow(/never made, cookie 77/);
});
