/** Adapters that declare what they have not: each is reported in one line that names the request, or found by its answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import type { AsyncSystem } from '../system.ts';
import { SystemLost } from '../system-lost.ts';
import { AdapterError } from './adapter-error.ts';
import { createExecSystem } from './connect-exec.ts';

let folder = '';
let system: AsyncSystem | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-lying-'));
});
afterEach(async () => {
  await system?.shutdown().catch(() => {});
  system = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const setup = { nodes: [fourClusters] };
const open: Operation = { op: 'open' };
const checkpoint: Operation = { op: 'checkpoint' };

/** One node of eight sectors that knows open, start and close, and declares more. */
async function declaring(more: object, onUnknown: string): Promise<AsyncSystem> {
  const capabilities = {
    operations: ['open', 'start', 'close', 'checkpoint'],
    observes: ['stage', 'secondary'],
    modes: ['secondary'],
    geometry: { sectorBytes: 'any', lengthSectorsMax: 64 },
    ...more,
  };
  const path = join(folder, 'adapter.cjs');
  writeFileSync(
    path,
    `const hello = ${JSON.stringify({ protocol: 1, name: 'liar', version: '', capabilities })};
const known = { hello: () => hello, load: () => null, observe: () => [['none', Array(8).fill(1)]],
  apply: ({ operation: [op] }) => ['open', 'start', 'close'].includes(op) ? 'ok' : undefined };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line);
  const { id } = asked;
  const result = known[asked.request]?.(asked);
  if (result !== undefined) console.log(JSON.stringify({ id, result }));
  else { ${onUnknown} }
});
`,
  );
  system = await createExecSystem({ command: `'${process.execPath}' '${path}'`, timeoutMs: 5000 });
  return system;
}

const refuse = "console.log(JSON.stringify({ id, error: 'unknown request' }));";

describe('an adapter that declares', () => {
  test('an operation that it refuses', async () => {
    const made = await declaring({}, refuse);
    await made.load(setup, []);
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
    const answer = made.apply(checkpoint);
    await expect(answer).rejects.toThrow(AdapterError);
    await expect(answer).rejects.toThrow('request 4 (apply ["checkpoint"]) was refused: unknown request');
  });

  test('an operation of which it dies is lost there', async () => {
    const made = await declaring({}, "console.error('KeyError: checkpoint'); process.exit(1);");
    await made.load(setup, []);
    const answer = made.apply(checkpoint);
    await expect(answer).rejects.toThrow(SystemLost);
    await expect(answer).rejects.toThrow(
      /exit code 1 before it answered request 3 \(apply \["checkpoint"\]\).*KeyError/,
    );
  });

  test('run, and does not understand it', async () => {
    const made = await declaring({ run: true }, refuse);
    const played = await made.playAll?.([{ setup, operations: [open] }], 'each');
    expect(played?.[0]).toBeInstanceOf(AdapterError);
    expect(played).toMatchObject([
      { message: expect.stringContaining('request 2 (run of 1 operations) was refused: unknown request') },
    ]);
  });

  test('run, and answers it with nothing', async () => {
    const made = await declaring({ run: true }, 'console.log(JSON.stringify({ id, result: null }));');
    const played = await made.playAll?.([{ setup, operations: [open] }], 'each');
    expect(played).toMatchObject([
      {
        message: expect.stringContaining(
          'request 2 (run of 1 operations): null has no outcomes and observations',
        ),
      },
    ]);
  });

  test('a question, and answers it with a hundred thousand brackets', async () => {
    const deep = "'['.repeat(1e5) + ']'.repeat(1e5)";
    const made = await declaring({}, `console.log('{"id":' + id + ',"result":' + ${deep} + '}');`);
    await made.load(setup, []);
    await expect(made.apply(checkpoint)).rejects.toThrow('an answer is one JSON object a line');
  });

  test('more nodes than it shows', async () => {
    const made = await declaring({ nodesMax: 3 }, refuse);
    await made.load({ nodes: [fourClusters, fourClusters] }, []);
    await expect(made.observe()).rejects.toThrow('request 3 (observe): 1 nodes are shown: the setup has 2');
  });

  test('longer disks than it has', async () => {
    const made = await declaring({}, refuse);
    const geometry = { ...fourClusters.geometry, lengthSectors: 64 };
    await made.load({ nodes: [{ ...fourClusters, geometry }] }, []);
    await expect(made.observe()).rejects.toThrow(
      'request 3 (observe): secondary of node 0 has 8 sectors: the disk has 64',
    );
  });

  test('a part that it does not show', async () => {
    const made = await declaring({ observes: ['stage', 'secondary', 'view'] }, refuse);
    await made.load(setup, []);
    await expect(made.observe()).rejects.toThrow(
      'request 3 (observe): node 0 shows 2 parts: it declared stage, secondary, view',
    );
  });

  test.each([
    [{}, 'capabilities.operations: it declares nothing: declare operations (open, start, close'],
    [
      { operations: [] },
      'capabilities.operations: it declares nothing: declare operations (open, start, close',
    ],
    [{ operations: ['open', 'start', 'close'], observes: ['stage'], modes: [] }, 'capabilities.modes'],
  ])('%j is refused', async (capabilities, message) => {
    const path = join(folder, 'silent.cjs');
    const hello = { protocol: 1, name: 'silent', version: '', capabilities };
    writeFileSync(
      path,
      `require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  console.log(${JSON.stringify(JSON.stringify({ id: 1, result: hello }))});
});
`,
    );
    const made = createExecSystem({ command: `'${process.execPath}' '${path}'`, timeoutMs: 5000 });
    await expect(made).rejects.toThrow(AdapterError);
    await expect(made).rejects.toThrow(`request 1 (hello): ${message}`);
  });
});

describe('an adapter that plays whole cases', () => {
  const cases = [1, 2, 3].map(() => ({ setup, operations: [open, checkpoint] }));
  const played =
    "const sound = { outcomes: ['ok', 'ok'], observations: [[['none', Array(8).fill(1)]], null] }; const say = (id) => console.log(JSON.stringify({ id, result: sound }));";

  test('and answers one of them twice: the error names it, and knows its case', async () => {
    const made = await declaring({ run: true }, `${played} say(id); if (id === 3) say(id);`);
    const answers = await made.playAll?.(cases, 'each');
    const [first, second, third] = answers ?? [];
    expect([first, second].some((answer) => answer instanceof Error)).toBe(false);
    if (!(third instanceof AdapterError)) throw new Error('the third case was answered');
    expect(third.message).toContain('request 3 was answered twice');
    expect(third.during).toBe(cases[1]);
  });

  test('and answers with garbage: the error names the request, and knows its case', async () => {
    const made = await declaring(
      { run: true },
      `${played} if (id === 3) console.log('Segmentation fault'); else say(id);`,
    );
    const answers = await made.playAll?.(cases, 'each');
    expect(answers).toHaveLength(2);
    const broken = answers?.[1];
    if (!(broken instanceof AdapterError)) throw new Error('the second case was answered');
    expect(broken.message).toContain('request 3 (run of 2 operations) was answered with Segmentation fault');
    expect(broken.during).toBe(cases[1]);
  });
});
