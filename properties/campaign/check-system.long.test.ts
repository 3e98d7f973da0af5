/** Systems in one file: the example agrees, wrong ones are found, and what is no system or no answer is reported in one line. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import { Secondary } from '../../impl/examples/secondary.ts';
import createWrong from '../../impl/examples/wrong-secondary.ts';
import type { PlainSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { check, checkCase } from './check-system.ts';
import { connectSubject } from '../subjects/subjects.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-module-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Throwing extends Secondary {
  override apply(operation: Operation): Outcome {
    if (operation.op === 'checkpoint' && this.disks.stage === 'running')
      throw new TypeError('no such\nbitmap');
    return super.apply(operation);
  }
}

function raise(): never {
  throw new Error('too late');
}

/** What does not keep to the types: JavaScript, or `any`. */
function untyped(change: (system: PlainSystem) => object): PlainSystem {
  const system = new Secondary();
  return Object.assign(system, change(system));
}

describe('check', () => {
  test('agrees on the example, wherever it can be brought to', async () => {
    const result = await check(new Secondary(), { cases: 600, seed: 1, operations: 60 });
    expect(result).toMatchObject({ agreed: true, seed: 1, cases: 600, ended: 'cases', trouble: null });
    expect(result.missing).toEqual([]);
    expect(result.operations).toBeGreaterThan(10_000);
  });

  test('finds the wrong one by a minimal case, which runs again', async () => {
    const { agreed, findings } = await check(createWrong(), { cases: 300, seed: 1, maxFindings: 1 });
    expect(agreed).toBe(false);
    const [finding] = findings;
    if (finding === undefined) throw new Error('nothing was found');
    expect(finding.signature).toBe('observation-primaryWrite-running-hidden');
    expect(finding.sentence).toContain('in wrong-secondary.ts');
    expect(finding.case.operations).toHaveLength(3);
    expect(await checkCase(createWrong(), finding.case)).toMatchObject({ kind: 'observation', index: 2 });
    expect(await checkCase(new Secondary(), finding.case)).toBeNull();
  });

  test('judges by the design document where that is asked for', async () => {
    class Quiet extends Secondary {
      override apply(operation: Operation): Outcome {
        const outcome = super.apply(operation);
        if (operation.op === 'stop' && this.disks.stage === 'failover') this.disks.errorFlag = false;
        return outcome;
      }
    }
    const options = { cases: 300, seed: 1, operations: 40 } as const;
    expect((await check(new Quiet(), options)).findings.map(({ signature }) => signature)).toEqual([
      'observation-stop-running-errorFlag',
    ]);
    expect(await check(new Quiet(), { ...options, comparison: 'document' })).toMatchObject({
      agreed: true,
      findings: [],
    });
  });

  test('takes what is thrown for a crash, and goes on', async () => {
    const { findings, cases, ended } = await check(new Throwing(), { cases: 200, seed: 1 });
    expect(findings.map(({ signature }) => signature)).toEqual(['lost-checkpoint-running-crash']);
    expect(findings[0]?.sentence).toContain(
      'it threw in apply {"op":"checkpoint"}: TypeError: no such bitmap',
    );
    expect(findings[0]?.case.operations.map(({ op }) => op)).toEqual(['open', 'start', 'checkpoint']);
    expect({ cases, ended }).toEqual({ cases: 200, ended: 'cases' });
  });

  test.each([
    ['exit', () => process.exit(0)],
    ['throws-later', () => void setTimeout(raise, 1)],
    ['rejects-later', () => void Promise.reject(new Error('nobody waits'))],
    [
      'crash',
      (operation: Operation) => {
        Object.assign(operation, { op: 'stop' });
      },
    ],
  ])('says what a system does beside its answer, and goes on: %s', async (how, act) => {
    const system = untyped((sound) => {
      const apply = sound.apply.bind(sound);
      const doing = (operation: Operation): Outcome => {
        if (operation.op === 'checkpoint') act(operation);
        return apply(operation);
      };
      return { apply: doing };
    });
    const listeners = process.rawListeners('unhandledRejection');
    const { exit } = process;
    const { findings, cases, ended } = await check(system, { cases: 60, seed: 1, maxFindings: 9 });
    expect(new Set(findings.map(({ signature }) => signature.split('-').slice(3).join('-')))).toEqual(
      new Set([how]),
    );
    expect(findings.every((finding) => finding.case.operations.at(-1)?.op === 'checkpoint')).toBe(true);
    expect({ cases, ended }).toEqual({ cases: 60, ended: 'cases' });
    expect([process.rawListeners('unhandledRejection'), process.exit]).toEqual([listeners, exit]);
    const [finding] = findings;
    if (finding === undefined) throw new Error('nothing was found');
    expect(await checkCase(system, finding.case)).toMatchObject({ kind: 'lost', how });
  });

  test('ends at an answer that is none, and knows the case', async () => {
    let left = 2000;
    const system = untyped((sound) => {
      const apply = sound.apply.bind(sound);
      return { apply: (operation: Operation) => (left-- > 0 ? apply(operation) : { kind: 'fine' }) };
    });
    const { trouble, ended, agreed } = await check(system, { cases: 500, seed: 1 });
    expect({ ended, agreed }).toEqual({ ended: 'trouble', agreed: false });
    if (!(trouble instanceof AdapterError)) throw new Error('nothing was wrong');
    expect(trouble.message).toMatch(
      /^secondary\.ts answers apply \{"op":.*\} with \{"kind":"fine"\}: must be an outcome, such as/,
    );
    const { during, operationIndex } = trouble;
    expect(trouble.message).toContain(JSON.stringify(during?.operations[operationIndex ?? -1]));
  });

  test('ends where a declared part is not shown', async () => {
    const system = untyped((sound) => {
      const observe = sound.observe.bind(sound);
      return { observe: () => observe().map(({ view: _view, ...rest }): ShownNode => rest) };
    });
    const { trouble, ended, agreed, cases } = await check(system, { cases: 5, seed: 1 });
    expect({ ended, agreed, cases }).toEqual({ ended: 'trouble', agreed: false, cases: 0 });
    expect(trouble?.message).toMatch(
      /^secondary\.ts declares stage, errorFlag, view, .* shows view of node 0 as nothing: must be an outcome/,
    );
  });

  test.each([
    [
      'nothing',
      () => ({ capabilities: {} }),
      'the system declares nothing: declare in capabilities at least',
    ],
    [
      'no close',
      () => ({ capabilities: { ...new Secondary().capabilities, operations: ['open', 'start'] } }),
      'the system has capabilities.operations: close must be among them',
    ],
    ['no method', () => ({ observe: 3 }), 'the system has no method observe'],
  ])('refuses a system with %s', async (_name, change, message) => {
    await expect(check(untyped(change))).rejects.toThrow(message);
  });
});

describe('--system module:FILE', () => {
  test.each([
    ['none.ts', null, /^module:.*none\.ts: there is no file /],
    ['no-default.ts', 'export const system = 1;', /has no default export: write export default \(\) =>/],
    ['value.ts', 'export default 3;', /has a default export that is no function: write/],
    [
      'throws.ts',
      "export default () => { throw new Error('no licence'); };",
      /its default export threw: Error: no licence/,
    ],
    ['broken.ts', 'export default (;', /cannot be loaded: /],
    ['empty.ts', 'export default () => ({});', /what the default export creates has no name/],
    [
      'undeclared.ts',
      "export default () => ({ name: 'x' });",
      /creates declares nothing: declare in capabilities/,
    ],
  ])('says what is wrong with %s', async (file, text, message) => {
    const path = join(folder, file);
    if (text !== null) writeFileSync(path, text);
    await expect(connectSubject(`module:${path}`)).rejects.toThrow(message);
  });

  test('a package elsewhere imports colocheck by its name, and is run by its file', () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/colocheck'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(folder, 'mine.ts'),
      `import { check, operationNames } from 'colocheck';
import type { Outcome, Setup, System } from 'colocheck';
class Mine implements System {
  readonly name = 'mine';
  readonly capabilities = { operations: ['open', 'start', 'close'], observes: ['stage'], modes: ['secondary'], defects: [],
    badSectors: [], readOnly: [], nodesMax: 1, control: 'driver', commit: 'stepped',
    geometry: { sectorBytes: 'any', lengthSectorsMax: 8 } } as const;
  load(_setup: Setup): void {}
  apply(): Outcome { return { kind: 'ok' }; }
  observe() { return [{ stage: 'closed' as const }]; }
  unload(): void {}
}
export default () => new Mine();
if (process.argv[2] === 'check') {
  const { findings } = await check(new Mine(), { cases: 5, seed: 1, maxFindings: 1 });
  console.log(operationNames.length, findings[0]?.signature);
}
`,
    );
    const node = (cwd: string, ...args: string[]) =>
      spawnSync(process.execPath, ['--import', join(root, 'node_modules/tsx/dist/esm/index.mjs'), ...args], {
        cwd,
        encoding: 'utf8',
      });
    const checked = node(folder, 'mine.ts', 'check');
    expect(checked.stderr).toBe('');
    expect(checked.stdout).toMatch(/^26 (outcome|observation)-/);
    const found = node(
      root,
      'dist/cli/cli.js',
      'verify',
      '--seed',
      '1',
      '--system',
      `module:${folder}/mine.ts`,
      '--cases',
      '5',
      '--seed',
      '1',
      '--max-findings',
      '1',
      '--failures',
      join(folder, 'failures'),
    );
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/: mine answered|in mine/);
  });
});
