import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConnectionLost } from '../watch/qemu-lost.ts';
import { QmpClient } from './qmp-client.ts';
import { streamLink } from './qmp-link.ts';

const GREETING =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}';

let directory: string;
let server: Server;
let peer: Socket | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qmp-'));
  peer = null;
});

afterEach(() => {
  peer?.destroy();
  server.close();
  rmSync(directory, { recursive: true });
});

/** A client of a server that says `greeting`, answers `qmp_capabilities`, and hands every later line to `onLine`. */
async function connect(
  greeting: string,
  onLine: (id: number, say: (text: string) => void) => void,
  stallMs = 5000,
): Promise<QmpClient> {
  const path = join(directory, 'socket');
  server = createServer((socket) => {
    peer = socket;
    socket.on('error', () => {});
    socket.write(greeting);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const [, id] of text.matchAll(/"id":(\d+)/g)) {
        if (id === '1') socket.write('{"return": {}, "id": 1}\r\n');
        else onLine(Number(id), (said) => socket.write(said));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return QmpClient.begin(streamLink(createConnection(path)), stallMs);
}

test('the greeting has the version', async () => {
  const client = await connect(`${GREETING}\r\n`, () => {});
  expect(client.version).toEqual({ major: 7, minor: 2, micro: 22 });
});

test('a peer that greets with something else is refused with what it said', async () => {
  await expect(connect('{"hello": 1}\n', () => {})).rejects.toThrow(/^QMP: cannot understand \{"hello": 1\}/);
});

test('a peer that greets with no JSON is refused', async () => {
  await expect(connect('SSH-2.0\n', () => {})).rejects.toThrow(/^QMP: cannot understand SSH-2\.0/);
});

test('replies find their commands by id, in whatever order they come', async () => {
  const waiting: number[] = [];
  const client = await connect(`${GREETING}\n`, (id, say) => {
    waiting.push(id);
    if (waiting.length === 2)
      for (const each of waiting.toReversed()) say(`{"return": "for ${each}", "id": ${each}}\n`);
  });
  const [first, second] = await Promise.all([client.ask('first'), client.ask('second')]);
  expect(first).toEqual({ kind: 'return', value: 'for 2' });
  expect(second).toEqual({ kind: 'return', value: 'for 3' });
});

test('what is asked at once is sent at once, with ids of one digit as long as there are free ones', async () => {
  const sent: string[] = [];
  const client = await connect(`${GREETING}\n`, (id, say) => say(`{"return": {}, "id": ${id}}\n`));
  peer?.on('data', (text) => sent.push(String(text)));
  for (let round = 0; round < 5; round++)
    await Promise.all(Array.from({ length: 6 }, () => client.ask('anything')));
  expect(sent).toHaveLength(5);
  const ids = sent.flatMap((text) => [...text.matchAll(/"id":(\d+)/g)].map(([, id]) => Number(id)));
  expect(ids).toHaveLength(30);
  expect(Math.max(...ids)).toBe(9);
  // Not that of the command before.
  expect(ids.every((id, place) => id !== ids[place - 1])).toBe(true);
  await Promise.all(Array.from({ length: 12 }, () => client.ask('anything')));
});

test('an error reply carries the description, and execute names the command', async () => {
  const client = await connect(`${GREETING}\n`, (id, say) =>
    say(`{"error": {"class": "GenericError", "desc": "no such node"}, "id": ${id}}\n`),
  );
  expect(await client.ask('blockdev-del')).toEqual({ kind: 'error', desc: 'no such node' });
  await expect(client.execute('blockdev-del')).rejects.toThrow('QMP blockdev-del: no such node');
});

test('a line that arrives in pieces is put together', async () => {
  const client = await connect(`${GREETING}\n`, (id, say) => {
    say('{"return": {"wh');
    setImmediate(() => say(`ole": 1}, "id": ${id}}\n`));
  });
  expect(await client.execute('anything')).toEqual({ whole: 1 });
});

test('events are kept until somebody asks for them, and are consumed once', async () => {
  const client = await connect(`${GREETING}\n`, (id, say) => {
    say('{"event": "GONE", "data": {"id": "a"}, "timestamp": {"seconds": 1, "microseconds": 2}}\n');
    say(`{"return": {}, "id": ${id}}\n{"event": "GONE", "data": {"id": "b"}}\n`);
  });
  await client.execute('anything');
  const isGone = ({ event }: { event: string }): boolean => event === 'GONE';
  expect((await client.event(isGone)).data).toEqual({ id: 'a' });
  expect((await client.event(isGone)).data).toEqual({ id: 'b' });
});

test('garbage in the middle rejects what is pending and all that follows', async () => {
  const client = await connect(`${GREETING}\n`, (_id, say) => say('}{\n'));
  await expect(client.ask('anything')).rejects.toThrow(/cannot understand \}\{/);
  await expect(client.ask('more')).rejects.toThrow(/cannot understand/);
});

test('a reply to a command never sent is not taken for another', async () => {
  const client = await connect(`${GREETING}\n`, (id, say) => say(`{"return": {}, "id": ${id + 7}}\n`));
  await expect(client.ask('anything')).rejects.toThrow(/never sent, id 9/);
});

test('the end of the connection rejects commands and waits for events as a crash', async () => {
  const client = await connect(`${GREETING}\n`, () => peer?.destroy());
  const event = client.event(() => false);
  await Promise.all([
    expect(event).rejects.toMatchObject({ how: 'crash' }),
    expect(client.ask('anything')).rejects.toThrow(ConnectionLost),
  ]);
});

test('silence after a command is a hang', async () => {
  const client = await connect(`${GREETING}\n`, () => {}, 50);
  await expect(client.ask('anything')).rejects.toMatchObject({ how: 'hang' });
});
