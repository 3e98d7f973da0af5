/** What npm packs, unpacked in a folder elsewhere beside nothing but its dependencies, runs there. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const described = z.object({ dependencies: z.record(z.string(), z.string()).optional() });

/** The packages that are installed with one, and with those. */
function dependenciesOf(name: string, folder: string, known = new Set<string>()): Set<string> {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  for (const dependency of Object.keys(described.parse(JSON.parse(text)).dependencies ?? {})) {
    if (known.has(dependency)) continue;
    known.add(dependency);
    dependenciesOf(dependency, join(modules, dependency), known);
  }
  return known;
}

let folder = '';
let packed: readonly string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-installed-'));
  // Built already; the scripts of npm would only find that out once more.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: root, stdio: 'ignore' });
  const [archive = ''] = readdirSync(folder);
  mkdirSync(join(folder, 'node_modules'));
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  packed = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' });
  execFileSync('mv', ['package', 'node_modules/colocheck'], { cwd: folder });
  for (const name of dependenciesOf('colocheck', root)) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function colocheck(...args: readonly string[]) {
  const command = join(folder, 'node_modules/colocheck/dist/cli/cli.js');
  return spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' });
}

test('it holds no test, and no TypeScript but declarations', () => {
  expect(packed).toContain('dist/index.d.ts');
  expect(packed.filter((path) => /\.test\.|\/fixtures\/|(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

test('verify plays the recorded traces, and a failure says how it is replayed there', () => {
  const agreed = colocheck('verify', '--cases', '5', '--seed', '1');
  expect(agreed.status).toBe(0);
  expect(agreed.stdout).toMatch(/recorded traces: \d\d+ played, all agree/);
  const args = ['--system', 'mutant:no-copy-before-a-write', '--seed', '1', '--max-failures', '1'];
  const { status, stdout } = colocheck('verify', ...args, '--no-recorded');
  expect(status).toBe(1);
  const [, replay = ''] = /replay: npx colocheck (.*)/.exec(stdout) ?? [];
  expect(colocheck(...replay.split(' ')).status).toBe(1);
});

test.each([
  ['explain', '568'],
  ['replay', 'traces/saved/deviations/failed-start-runs.json'],
  ['export', 'traces/saved/deviations/failed-start-runs.json', '--qmp'],
  ['view', 'traces/saved/deviations/failed-start-runs.json', '--system', 'impl', '--out', 'page.html'],
  ['explore', 'primary', '--workers', '2', '--witnesses', 'witnesses'],
])('what its commands read and start is there: %s', (...args) => {
  expect(colocheck(...args)).toMatchObject({ status: 0, stderr: expect.not.stringContaining('Error') });
});

/** An import that is only of types, and syntax that is none without them. */
test.each(['secondary.ts', 'secondary.js'])(
  'a system in %s, which is no TypeScript of Node alone',
  (name) => {
    copyFileSync(join(root, 'impl/examples/secondary.ts'), join(folder, 'secondary.ts'));
    if (name.endsWith('.js')) {
      const compile = [
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--skipLibCheck',
        '--types',
        '',
        'secondary.ts',
      ];
      spawnSync(join(modules, '.bin/tsc'), compile, { cwd: folder });
    }
    const { status, stdout } = colocheck(
      'verify',
      '--system',
      `module:./${name}`,
      '--cases',
      '20',
      '--seed',
      '1',
    );
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining(`${name.replace('.js', '.ts')} and the model agree`),
    ]);
  },
);

test('a test of another project imports it', () => {
  const text = `import { check } from 'colocheck';
import create from './mine.mjs';
const { agreed, findings } = await check(create(), { cases: 20, seed: 1, maxFindings: 1 });
console.log(agreed, findings.length);`;
  writeFileSync(join(folder, 'mine.test.mjs'), text);
  writeFileSync(
    join(folder, 'mine.mjs'),
    `export default () => ({ name: 'mine', load() {}, unload() {}, apply: () => ({ kind: 'ok' }), observe: () => [{ stage: 'closed' }],
  capabilities: { operations: ['open', 'start', 'close'], observes: ['stage'], modes: ['secondary'], defects: [], badSectors: [],
    readOnly: [], nodesMax: 1, control: 'driver', commit: 'stepped', geometry: { sectorBytes: 'any', lengthSectorsMax: 8 } } });`,
  );
  const run = spawnSync(process.execPath, ['mine.test.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '', stdout: 'false 1\n' });
});
