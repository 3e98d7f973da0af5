/** The page on the model as a library shows what really happens. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/model-as-a-library.md'), 'utf8');

/** The code blocks in their order, with their language. */
const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-page-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first block of a language, and what is printed by it: the next block without one. */
function example(language: string): { readonly text: string; readonly printed: string } {
  const place = blocks.findIndex((block) => block.language === language);
  const printed = blocks.slice(place).find((block) => block.language === '');
  return { text: blocks[place]?.text ?? '', printed: printed?.text ?? '' };
}

test('the program runs, is well typed, and prints what the page says', () => {
  const { text, printed } = example('ts');
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/colocheck'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'example.ts'), text);
  const tsx = join(root, 'node_modules/tsx/dist/esm/index.mjs');
  const run = spawnSync(process.execPath, ['--import', tsx, 'example.ts'], { cwd: folder, encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '', stdout: printed });
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rootDir: '.', allowImportingTsExtensions: false },
    include: ['example.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const typed = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--project', folder], { encoding: 'utf8' });
  expect(typed).toMatchObject({ status: 0, stdout: '' });
});

test('the log is judged as the page says', () => {
  const { text, printed } = example('jsonl');
  writeFileSync(join(folder, 'example.log'), text);
  const cli = [join(root, 'dist/cli/cli.js')];
  const judged = spawnSync(process.execPath, [...cli, 'judge', 'example.log'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(judged).toMatchObject({ status: 1, stderr: '', stdout: printed });
});
