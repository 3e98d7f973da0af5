import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../environment-error.ts';
import type { Geometry } from '../../model/vocabulary.ts';
import { QemuLost } from './watch/qemu-lost.ts';
import { commandLine, qemuOf, smallNode, smallSetup } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const SAYS_VERSION = 'case "$1" in --version) echo "QEMU emulator version 7.2.0"; exit 0;; esac\n';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qemu-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A shell script that stands for a binary. */
function fake(name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

async function loadError(binary: string, work = join(directory, 'work')): Promise<unknown> {
  const system = createQemuSystem({
    binary,
    qemuImg: fake('img', SAYS_VERSION),
    directory: work,
    stallMs: 1000,
  });
  const error: unknown = await system.load(smallSetup(), []).then(
    () => null,
    (reason: unknown) => reason,
  );
  await system.shutdown();
  return error;
}

describe('environment: one line that says what is wrong and what to do', () => {
  test('a binary that is not there', async () => {
    const error = await loadError('no-such-qemu');
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      'message',
      'no-such-qemu not found; install it with `apt-get install qemu-system-x86 qemu-utils`',
    );
  });

  test('a binary that is too old', async () => {
    const error = await loadError(fake('old', 'echo "QEMU emulator version 6.2.0 (Debian)"'));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      'message',
      `${join(directory, 'old')} is version 6.2; install QEMU 7.2 or newer`,
    );
  });

  test('a binary that is something else', async () => {
    const error = await loadError(fake('other', 'echo hello'));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('printed "hello" instead of a QEMU version'),
    );
  });

  test('a binary that dies at start reports its last words', async () => {
    const error = await loadError(
      fake('dying', `${SAYS_VERSION}echo first >&2; echo "no machine for you" >&2; exit 1\n`),
    );
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('died at start (exit code 1): no machine for you'),
    );
  });

  test('a binary without the replication commands', async () => {
    const peer = join(directory, 'peer.mjs');
    writeFileSync(
      peer,
      `import { createSocket } from 'node:dgram';
       const socket = createSocket('udp4');
       const say = (message) => socket.send(JSON.stringify(message) + '\\n');
       socket.on('message', (text) => {
         for (const [, id] of String(text).matchAll(/"id":(\\d+)/g))
           say({ return: [{ name: 'quit' }], id: Number(id) });
       });
       const [, port] = /port=(\\d+)/.exec(process.argv.join(' '));
       socket.connect(Number(port), '127.0.0.1', () => say({ QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } } } }));`,
    );
    const error = await loadError(fake('bare', `${SAYS_VERSION}exec ${process.execPath} ${peer} "$@"\n`));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty('message', expect.stringContaining('without the replication driver'));
  });

  test('a socket path that is taken', async () => {
    const work = directory;
    writeFileSync(join(work, 'qmp'), '');
    const error = await loadError(fake('qemu', SAYS_VERSION), work);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining(`socket path ${join(work, 'qmp')} is in use`),
    );
  });

  test('a directory whose sockets would have too long a path', async () => {
    const error = await loadError(fake('qemu', SAYS_VERSION), join(directory, 'x'.repeat(100)));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty('message', expect.stringContaining('too long for a unix socket'));
  });
});

test('a geometry that QEMU cannot have is refused before anything starts', async () => {
  const system = createQemuSystem({ binary: 'no-such-qemu' });
  const geometry = { ...smallNode().geometry, copyUnitSectors: 64 };
  await expect(system.load(smallSetup({ geometry }), [])).rejects.toThrow(
    'setup.geometry.copyUnitSectors is 64; the real QEMU can only have 128',
  );
});

test('L2 slices of another size than a cluster are refused, those of QEMU are not', async () => {
  const system = createQemuSystem({ binary: 'no-such-qemu' });
  const load = (slices: Partial<Geometry>): Promise<void> =>
    system.load(smallSetup({ geometry: { ...smallNode().geometry, ...slices } }), []);
  await expect(load({ activeSliceSectors: 256 })).rejects.toThrow(
    'setup.geometry.activeSliceSectors is 256; the real QEMU can only have 4096, a slice as large as its cluster: leave it out',
  );
  await expect(load({ hiddenSliceSectors: 128 })).rejects.toThrow('setup.geometry.hiddenSliceSectors is 128');
  await expect(load({ hiddenSliceSectors: 4096 })).rejects.toThrow(EnvironmentError);
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('real QEMU: loss and clean-up', () => {
  test('a process that dies is a crash, and the next load starts another', async () => {
    const system = createQemuSystem({ directory });
    await system.load(smallSetup(), []);
    killQemuOf(directory);
    const lost = system.apply({ op: 'getError' });
    await expect(lost).rejects.toThrow(QemuLost);
    await expect(lost).rejects.toMatchObject({
      how: 'crash',
      detail: expect.stringContaining('signal SIGKILL'),
    });
    await system.load(smallSetup(), []);
    expect(await system.apply({ op: 'getError' })).toEqual({ kind: 'ok' });
    await system.shutdown();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a process that does not answer is a hang, and is killed', async () => {
    const system = createQemuSystem({ directory, stallMs: 200 });
    await system.load(smallSetup(), []);
    const pid = killQemuOf(directory, 'SIGSTOP');
    await expect(system.apply({ op: 'getError' })).rejects.toMatchObject({ name: 'QemuLost', how: 'hang' });
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    await system.shutdown();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a run that ends by SIGINT leaves no process and no file', async () => {
    const script = join(directory, 'run.ts');
    const work = join(directory, 'work');
    writeFileSync(
      script,
      `import { createQemuSystem } from ${JSON.stringify(join(import.meta.dirname, 'qemu-system.ts'))};
       const system = createQemuSystem({ directory: ${JSON.stringify(work)} });
       void system.load(${JSON.stringify(smallSetup())}, []).then(() => console.log('loaded'));`,
    );
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const pid = qemuOf(work);
    child.kill('SIGINT');
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGINT');
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(work)).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  return commandLine(String(pid)) !== '';
}

function killQemuOf(work: string, signal: NodeJS.Signals = 'SIGKILL'): number {
  const pid = qemuOf(work);
  process.kill(pid, signal);
  return pid;
}
