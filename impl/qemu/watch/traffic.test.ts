/** A process that waits for the rest of a request does not count as one that waits for an answer. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Traffic } from './traffic.ts';

const LONG = 8 * 1024 * 1024;

async function connected(): Promise<{ ours: Socket; theirs: Socket }> {
  const directory = mkdtempSync(join(tmpdir(), 'colocheck-traffic-'));
  const server = createServer({ pauseOnConnect: true });
  server.listen(join(directory, 'socket'));
  await once(server, 'listening');
  const ours = createConnection(join(directory, 'socket'));
  const theirs = await new Promise<Socket>((resolve) => server.once('connection', resolve));
  onTestFinished(() => {
    ours.destroy();
    theirs.destroy();
    server.close();
    rmSync(directory, { recursive: true });
  });
  return { ours, theirs };
}

test('the mark changes as long as something is unsent, and then no more', async () => {
  const { ours, theirs } = await connected();
  const traffic = new Traffic();
  traffic.add(ours);
  expect(traffic.mark()).toBe(traffic.mark());
  const sent = new Promise<void>((resolve) => ours.write(Buffer.alloc(LONG), () => resolve()));
  // The other side reads nothing: most of it stays here.
  expect(traffic.mark()).not.toBe(traffic.mark());
  theirs.resume();
  await sent;
  expect(traffic.mark()).toBe(traffic.mark());
});

test('where nobody reads what is sent the mark stays in the end', async () => {
  const { ours } = await connected();
  const traffic = new Traffic();
  traffic.add(ours);
  ours.write(Buffer.alloc(LONG));
  for (let look = 0; look < 250; look++) traffic.mark();
  expect(ours.writableLength).toBeGreaterThan(0);
  expect(traffic.mark()).toBe(traffic.mark());
});

test('the mark changes with what is received, and does not go back when a socket is gone', async () => {
  const { ours, theirs } = await connected();
  const traffic = new Traffic();
  traffic.add(ours);
  const before = traffic.mark();
  theirs.write('answer');
  await once(ours, 'data');
  const after = traffic.mark();
  expect(after).not.toBe(before);
  theirs.destroy();
  await once(ours, 'close');
  expect(traffic.mark()).toBe(after);
});
