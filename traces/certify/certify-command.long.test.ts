/** `certify` from outside: exit codes, what it leaves behind, Ctrl-C. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateSchema } from './certificate-schema.ts';
import type { Certificate } from './certificate-schema.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-certify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = ['dist/cli/cli.js', 'certify', '--seed', '1'];

function certifies(...args: string[]) {
  return spawnSync(process.execPath, [...base, '--out', folder, ...args], { cwd: root, encoding: 'utf8' });
}

function written(): Certificate {
  return certificateSchema.parse(JSON.parse(readFileSync(join(folder, 'certificate.json'), 'utf8')));
}

/** An adapter that says hello with these capabilities, goodbye, and nothing else that is an answer. */
function adapter(capabilities: object): string {
  const path = join(folder, 'adapter.cjs');
  const result = { protocol: 1, name: 'mute', version: '9', capabilities };
  writeFileSync(
    path,
    `const hello = ${JSON.stringify(JSON.stringify({ id: 1, result }))};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, request } = JSON.parse(line);
  const bye = JSON.stringify({ id, result: null });
  console.log(request === 'hello' ? hello : request === 'bye' ? bye : 'Segmentation fault');
});
`,
  );
  return `exec:'${process.execPath}' '${path}'`;
}

describe('certify', () => {
  test('ends with 0 where it certifies, by default the efficient implementation, and says how to do it again', () => {
    const junit = join(folder, 'junit.xml');
    const { status, stdout } = certifies('--system', 'impl', '--cases', '64', '--junit', junit);
    expect(status).toBe(0);
    expect(stdout).toContain('impl: certified (comparison: qemu)');
    expect(written()).toMatchObject({
      verdict: 'certified',
      repeat: 'npm run certify -- --system impl --comparison qemu --world one-cluster --seed 1 --cases 64',
    });
    expect(readFileSync(join(folder, 'certificate.md'), 'utf8')).toMatch(/^# impl: certified/);
    expect(readFileSync(junit, 'utf8')).toContain('name="tour of one-cluster"');
  });

  test('ends with 1 where something differs', () => {
    const { status, stdout } = certifies('--system', 'mutant:no-copy-before-a-write', '--cases', '64');
    expect(status).toBe(1);
    expect(stdout).toContain('diverged');
    expect(written().verdict).toBe('diverged');
  });

  test('ends with 3 where an adapter declares nothing, and says what to declare', () => {
    const { status, stderr } = certifies('--system', adapter({}));
    expect(status).toBe(3);
    expect(stderr).toContain('it declares nothing: declare operations (open, start, close');
    expect(written().reasons[0]).toContain('it declares nothing');
  });

  test('ends with 2 where an adapter declares nothing that could be certified', () => {
    const declared = {
      operations: ['open', 'start', 'close'],
      observes: [],
      modes: ['secondary'],
      geometry: { sectorBytes: 'any', lengthSectorsMax: 8 },
    };
    const { status, stderr } = certifies('--system', adapter(declared));
    expect(status).toBe(2);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^colocheck: exec:.* is not certified: mute 9 cannot be/,
    );
    expect(written()).toMatchObject({ verdict: 'refused', system: { name: 'mute 9', version: '9' } });
  });

  test('ends with 3 where an adapter breaks the protocol, names the request and keeps the case', () => {
    const declared = {
      operations: ['open', 'start', 'close', 'primaryWrite', 'primaryRead'],
      observes: [],
      modes: ['secondary'],
      geometry: { sectorBytes: 'any', lengthSectorsMax: 64 },
    };
    const { status, stderr } = certifies('--system', adapter(declared));
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /request 2 \(load\) was answered with Segmentation fault.*operation 1 of the case saved as /,
    );
    expect(written().reasons[0]).toContain('Segmentation fault');
  });

  test.each([
    [['--world', 'nowhere'], 'there is no world nowhere to tour: use one or more of one-cluster, halves'],
    [['--out', '/proc/none'], 'cannot save failures in /proc/none'],
    [['--comparison', 'document', '--world', 'halves'], 'a tour goes the ways of one QEMU'],
    [['--cases', '0'], 'Must be at least 1'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = certifies(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

test.each(['SIGINT', 'SIGKILL'] as const)('%s leaves no certificate that looks valid', async (signal) => {
  expect(certifies('--cases', '64').status).toBe(0);
  const args = [...base, '--out', folder, '--minutes', '5'];
  const child = spawn(process.execPath, args, { cwd: root });
  // The first progress line shows that it runs.
  await new Promise((resolve) => child.stderr.once('data', resolve));
  child.kill(signal);
  const status = await new Promise((resolve) => child.once('exit', resolve));
  expect(status).toBe(signal === 'SIGINT' ? 4 : null);
  const reason = signal === 'SIGINT' ? 'it was interrupted' : 'the run has not come to its end';
  expect(written()).toMatchObject({ verdict: 'refused', reasons: [reason] });
  expect(readFileSync(join(folder, 'certificate.md'), 'utf8')).toContain('NOT CERTIFIED: refused');
});
