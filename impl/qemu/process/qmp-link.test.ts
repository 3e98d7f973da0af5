/** QMP over datagrams: a peer that is no QEMU says what is to arrive, and hears what is sent. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { QmpClient } from './qmp-client.ts';
import { listenForQmp } from './qmp-link.ts';
import type { QmpLink } from './qmp-link.ts';

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}}}\n';

let peer: Socket | null = null;

afterEach(() => peer?.close());

/** The link to a peer that has said the first of `said`, and says the others as soon as it can. */
async function linkTo(said: readonly string[], onText: (text: string) => void): Promise<QmpLink> {
  const listener = await listenForQmp('datagrams', '/nowhere');
  const port = Number(/,port=(\d+),/.exec(listener.chardev)?.[1]);
  const socket = createSocket('udp4');
  peer = socket;
  socket.on('message', (bytes) => onText(String(bytes)));
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  for (const text of said) socket.send(text);
  const link = await listener.link;
  listener.close();
  return link;
}

function answered(text: string): void {
  for (const [, id] of text.matchAll(/"id":(\d+)/g)) peer?.send(`{"return": {}, "id": ${id}}\n`);
}

test('a machine that begins to run before it greets, and greets twice, is understood', async () => {
  const link = await linkTo(['{"event": "RESUME"}\n', GREETING, GREETING], answered);
  const client = await QmpClient.begin(link, 5000);
  expect(client.version).toEqual({ major: 7, minor: 2, micro: 22 });
  expect(await client.event(({ event }) => event === 'RESUME')).toEqual({ event: 'RESUME' });
  client.close();
});

test('what is longer than QEMU reads of a datagram is sent in several, in order', async () => {
  const datagrams: string[] = [];
  const link = await linkTo([GREETING], (text) => datagrams.push(text));
  const long = Array.from({ length: 2000 }, (_, place) => `${place}`).join();
  const over = new Promise((resolve) =>
    peer?.on('message', (bytes) => String(bytes) === 'over' && resolve(null)),
  );
  link.send(long);
  link.send('over');
  await over;
  expect(datagrams.map(({ length }) => length)).toEqual([4096, 4096, long.length - 8192, 4]);
  expect(datagrams.slice(0, -1).join('')).toBe(long);
  link.close();
});

test('a client that is said to have lost its process rejects what it was asked', async () => {
  const client = await QmpClient.begin(
    await linkTo([GREETING], (text) => {
      if (text.includes('qmp_capabilities')) answered(text);
    }),
    5000,
  );
  const asked = client.ask('anything');
  client.lose('the process ended');
  await expect(asked).rejects.toMatchObject({ how: 'crash', message: 'QMP: the process ended' });
});
