/** Builds what is installed, `dist/`: the sources as JavaScript and what they read when they run. Plain Node runs this. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const STAMP = 'built-from.txt';

const rooms = ['model', 'impl', 'properties', 'traces', 'cli'];

/** What is no TypeScript and read where the program runs, by its path. */
const readLater =
  /^(impl\/driver\/c\/|impl\/driver\/compile\/.*\.mjs$|properties\/coverage\/known-cells\.json$|traces\/export\/.*\.py$|traces\/view\/page\/.*\.(mjs|css)$|traces\/saved\/(regressions|deviations|unreachable|witnesses)\/)/;

/** Files below a folder, by their paths from the root of the project. */
function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function sources() {
  const files = rooms.flatMap(filesBelow).filter((path) => !path.endsWith('.test.ts'));
  const isBuilt = (path) => path.endsWith('.ts') || readLater.test(path);
  const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'cli/build/build.mjs'];
  return {
    built: ['index.ts', ...files.filter(isBuilt), ...settings],
    copied: files.filter((path) => readLater.test(path)),
  };
}

/** Changes with every change of what is built. */
function stampOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Builds where something has changed since `dist/` was built. Throws where that fails. */
export function ensureBuilt() {
  const { built, copied } = sources();
  const stamp = stampOf(built);
  const stampFile = join(dist, STAMP);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // Beside it and then moved, file by file: another process may run what is there.
  const place = mkdtempSync(join(root, '.build-'));
  try {
    compile(place);
    for (const path of copied) cpSync(join(root, path), join(place, path));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(place, 'package.json'), `${JSON.stringify({ type: 'module', version }, null, 2)}\n`);
    moveInto(dist, place);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function compile(place) {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const args = [compiler, '--project', 'tsconfig.build.json', '--outDir', place];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`colocheck cannot be built:\n${stdout}${stderr}`);
  for (const path of pathsIn(place).filter((name) => name.endsWith('.d.ts'))) {
    // The compiler renames what JavaScript imports, and leaves what declarations do.
    const text = readFileSync(join(place, path), 'utf8');
    writeFileSync(join(place, path), text.replaceAll(/(from|import\()( ?'\.[^']*)\.ts'/g, "$1$2.js'"));
  }
}

function pathsIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function moveInto(target, place) {
  const wanted = new Set(pathsIn(place));
  for (const path of wanted) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    renameSync(join(place, path), join(target, path));
  }
  for (const path of pathsIn(target)) {
    if (!wanted.has(path) && path !== STAMP) rmSync(join(target, path), { force: true });
  }
}

/** By the name under which vitest calls it before all tests. */
export { ensureBuilt as setup };
