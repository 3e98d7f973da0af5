/** Runs the clang, or the wasm-ld, of an npm package on files of the working directory. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { runClang, runLLVM } from '@yowasp/clang';

const [name, ...given] = process.argv.slice(2);
const run = name === 'wasm-ld' ? runLLVM : runClang;

/** Its files are a tree of objects. The folder of our headers is put into it under a name of its own. */
const outside = new Map();
const args = given.map((argument) => {
  const path = resolve(argument);
  if (!argument.startsWith('/')) return argument;
  const folder = argument.endsWith('.c') ? dirname(path) : path;
  outside.set('ours', folder);
  return join('ours', relative(folder, path));
});

function tree(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? tree(path) : readFileSync(path)];
    }),
  );
}

const files = tree('.');
for (const [as, folder] of outside) files[as] = tree(folder);

function write(made, folder) {
  for (const [entry, content] of Object.entries(made)) {
    const path = join(folder, entry);
    if (content instanceof Uint8Array || typeof content === 'string') {
      if (path.endsWith('.o') || path.endsWith('.wasm')) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
    } else write(content, path);
  }
}

try {
  const made = await run([name, ...args], files, {
    stdout: (bytes) => bytes && process.stdout.write(bytes),
    stderr: (bytes) => bytes && process.stderr.write(bytes),
  });
  write(made, '.');
} catch (error) {
  if (error.files !== undefined) process.exit(error.code ?? 1);
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
