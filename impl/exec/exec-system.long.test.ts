/** Adapters that answer as they must not: each gives one clear line, and what is lost is reported and replaced. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import type { AsyncSystem, Played } from '../system.ts';
import { SystemLost } from '../system-lost.ts';
import { AdapterError } from './adapter-error.ts';
import { createExecSystem } from './connect-exec.ts';

let folder = '';
let system: AsyncSystem | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-exec-'));
});
afterEach(async () => {
  await system?.shutdown().catch(() => {});
  system = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const capabilities = {
  operations: ['open', 'start', 'close', 'guestRead'],
  observes: ['stage', 'secondary'],
  modes: ['secondary'],
  geometry: { sectorBytes: 'any', lengthSectorsMax: 64 },
};
const setup = { nodes: [{ ...fourClusters, geometry: { ...fourClusters.geometry, lengthSectors: 4 } }] };
const open: Operation = { op: 'open' };
const start: Operation = { op: 'start', mode: 'secondary' };

/**
 * An adapter in a few lines that answers everything as if all were well, after `body` has had its say: `asked` is the
 * request, `result` what would be answered, `say(line)` writes a line, and `return` keeps it from the usual answer.
 */
async function adapter(body: string, declared: object = {}, timeoutMs = 5000): Promise<AsyncSystem> {
  const path = join(folder, 'adapter.cjs');
  const hello = { protocol: 1, name: 'tiny', version: '2', capabilities: { ...capabilities, ...declared } };
  writeFileSync(
    path,
    `const say = (line) => process.stdout.write(line + '\\n');
const shown = [['none', [0, 0, 0, 0]]];
const results = { hello: () => (${JSON.stringify(hello)}), apply: () => 'ok', observe: () => shown,
  run: ({ operations }) => ({ outcomes: operations.map(() => 'ok'), observations: operations.map(() => shown) }) };
function answer(asked) {
  let result = results[asked.request]?.(asked) ?? null;
  ${body}
  say(JSON.stringify({ id: asked.id, result }));
}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)));
`,
  );
  system = await createExecSystem({ command: `'${process.execPath}' '${path}'`, timeoutMs });
  return system;
}

async function loaded(body: string, declared: object = {}, timeoutMs = 5000): Promise<AsyncSystem> {
  const made = await adapter(body, declared, timeoutMs);
  await made.load(setup, []);
  return made;
}

describe('an adapter', () => {
  test('is asked, answers, and is known by its name and version', async () => {
    const sound = await loaded('');
    expect(sound.name).toBe('tiny 2');
    expect(await sound.apply(open)).toEqual({ kind: 'ok' });
    expect(await sound.observe()).toEqual({ nodes: [{ stage: 'none', secondary: [0, 0, 0, 0] }] });
    expect(sound.capabilities).toMatchObject({
      badSectors: [],
      nodesMax: 1,
      control: 'driver',
      commit: 'stepped',
    });
    expect(sound.accepts({ op: 'checkpoint' }, [], setup)).toBe(false);
    await sound.shutdown();
  });

  test('whose commit settles as a whole is judged as one that may end in several ways', async () => {
    expect((await adapter('', { commit: 'free' })).capabilities.commit).toBe('free');
    expect((await adapter('', { commit: 'settled' })).capabilities.commit).toBe('free');
  });
});

describe('an adapter that shakes hands wrongly is refused:', () => {
  const hello = (change: string): string => `if (asked.request === 'hello') { ${change} }`;
  test.each([
    ['another version', hello('result.protocol = 2;'), 'protocol: must be 1, the version that was asked for'],
    ['nothing declared', hello('result.capabilities = {};'), 'request 1 (hello): capabilities.operations'],
    ['no close', hello("result.capabilities.operations = ['open', 'start'];"), 'close must be among them'],
    ['an unknown part', hello("result.capabilities.observes = ['mood'];"), 'capabilities.observes.0'],
    ['no name', hello("result.name = '';"), 'request 1 (hello): name'],
    [
      'breakSector without disks',
      hello("result.capabilities.operations.push('breakSector');"),
      'badSectors: must name',
    ],
    [
      'an error of its own',
      hello(`say('{"id":1,"error":"no licence"}'); return;`),
      'was refused: no licence',
    ],
    ['no answer', hello('return;'), 'does not say hello: no answer to request 1 (hello) for 5 s'],
    [
      'its end',
      hello("console.error('no such disk'); process.exit(7);"),
      'exit code 7 before it answered request 1',
    ],
  ])('%s', async (_name, body, message) => {
    const made = adapter(body, {}, 1000);
    await expect(made).rejects.toThrow(AdapterError);
    await expect(made).rejects.toThrow(message);
  });

  test('a command that is not there, with what the shell says of it', async () => {
    const made = createExecSystem({ command: '/no/such/adapter --fast' });
    await expect(made).rejects.toThrow(/does not say hello: .*exit code 127.*not found/);
  });
});

describe('an adapter that breaks the protocol ends the run with one line that names the request:', () => {
  const applied = (change: string): string => `if (asked.request === 'apply') { ${change} }`;
  const name = 'request 3 (apply ["open",0])';
  test.each([
    [
      'garbage',
      applied("say('Segmentation fault');"),
      `${name} was answered with Segmentation fault: an answer is one JSON`,
    ],
    [
      'another id',
      applied('asked.id = 99;'),
      `${name} was answered with {"id":99,"result":"ok"}: no request has the id 99`,
    ],
    ['no id', applied("say('{}');"), `${name} was answered with {}: no request has the id nothing`],
    ['neither result nor error', applied(`say('{"id":3}');`), 'there is neither result nor error'],
    ['an error', applied(`say('{"id":3,"error":"disk full"}');`), `${name} was refused: disk full`],
    ['an unknown outcome', applied("result = 'fine';"), `${name}: fine is no outcome`],
    [
      'an errno that is none',
      applied("result = { errno: 'EPERM' };"),
      `${name}: {"errno":"EPERM"} is no outcome`,
    ],
    ['tags that are none', applied('result = [1, null];'), `${name}: [1,null] is no outcome`],
  ])('%s', async (_name, body, message) => {
    const made = await loaded(body);
    const answer = made.apply(open);
    await expect(answer).rejects.toThrow(AdapterError);
    await expect(answer).rejects.toThrow(message);
    // Nothing that it says later is believed.
    await expect(made.apply(open)).rejects.toThrow(AdapterError);
  });

  test.each([
    [
      'fewer sectors than the disk',
      "[['none', [0, 0]]]",
      'secondary of node 0 has 2 sectors: the disk has 4',
    ],
    ['a part too few', "[['none']]", 'node 0 shows 1 parts: it declared stage, secondary'],
    ['a stage that is none', "[['busy', [0, 0, 0, 0]]]", 'stage of node 0 is busy: must be one of closed'],
    ['a node too many', '[[], []]', '2 nodes are shown: the setup has 1'],
    ['content that is none', "[['none', ['a', 0, 0, 0]]]", 'secondary of node 0 is ["a",0,0,0]'],
    ['no nodes', '{}', '{} is no observation'],
  ])('%s is shown', async (_name, shown, message) => {
    const made = await loaded(`if (asked.request === 'observe') result = ${shown};`);
    await expect(made.observe()).rejects.toThrow(`request 3 (observe): ${message}`);
  });

  test('an answer given twice, at the latest when it is asked to end', async () => {
    const made = await loaded(
      "if (asked.request === 'apply') say(JSON.stringify({ id: asked.id, result }));",
    );
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
    await expect(made.shutdown()).rejects.toThrow('request 3 was answered twice');
  });

  test('answers out of order', async () => {
    const made = await adapter(`if (asked.request === 'run') { if (asked.id === 2) return; asked.id = 3; }`, {
      run: true,
    });
    const cases = [1, 2].map(() => ({ setup, operations: [open] }));
    expect(await made.playAll?.(cases, 'each')).toMatchObject([
      { message: expect.stringContaining('request 3 was answered before request 2 (run of 1 operations)') },
    ]);
  });

  test.each([
    ['an outcome too few', 'result.outcomes.pop();', '1 outcomes were answered: there must be 2'],
    [
      'an observation too many',
      'result.observations.push(null);',
      '3 observations were answered: there must be 2',
    ],
    ['an unknown outcome', 'result.outcomes[1] = 7;', 'operations[1] ["start","secondary"]: 7 is no outcome'],
    [
      'nothing shown at first',
      'result.observations[0] = null;',
      'operations[0] ["open",0]: null is no observation',
    ],
    ['no object', 'result = [];', '[] has no outcomes and observations'],
  ])('a whole case with %s', async (_name, change, message) => {
    const made = await adapter(`if (asked.request === 'run') { ${change} }`, { run: true });
    const played = await made.playAll?.([{ setup, operations: [open, start] }], 'each');
    expect(played?.[0]).toBeInstanceOf(AdapterError);
    const line = expect.stringContaining(`request 2 (run of 2 operations): ${message}`);
    expect(played).toMatchObject([{ message: line }]);
  });
});

describe('an adapter that is lost', () => {
  test('by a crash is reported with its last words, and the next case has a new process', async () => {
    const made = await loaded(
      "if (asked.operation?.[0] === 'start') { console.error('one\\ntwo'); process.exit(3); }",
    );
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
    const lost = made.apply(start);
    await expect(lost).rejects.toThrow(SystemLost);
    await expect(lost).rejects.toMatchObject({
      how: 'crash',
      stderr: 'one | two',
      message:
        'the process ended with exit code 3 before it answered request 4 (apply ["start","secondary"]); last on its stderr: one | two',
    });
    await made.load(setup, []);
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
  });

  test('by a hang is reported with the time, and an answer that comes too late is not taken', async () => {
    const made = await loaded(
      "if (asked.operation?.[0] === 'start') setTimeout(() => say('{}'), 1500), asked = null; if (!asked) return;",
      {},
      1000,
    );
    await expect(made.apply(start)).rejects.toMatchObject({
      how: 'hang',
      message: 'no answer to request 3 (apply ["start","secondary"]) for 1 s',
    });
    await made.load(setup, []);
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
  });

  test('by a signal is reported so', async () => {
    const made = await loaded("if (asked.request === 'apply') process.kill(process.pid, 'SIGSEGV');");
    await expect(made.apply(open)).rejects.toThrow(/SIGSEGV|exit code 139/);
  });

  test('in one of many cases loses that one alone', async () => {
    const made = await adapter("if (asked.operations?.[0][0] === 'start') process.exit(1);", { run: true });
    const cases = [open, open, start, open, open].map((operation) => ({ setup, operations: [operation] }));
    const played = await made.playAll?.(cases, 'last');
    expect(played?.map((each) => each instanceof SystemLost)).toEqual([false, false, true, false, false]);
    expect(played?.[4]).toEqual({
      outcomes: [{ kind: 'ok' }],
      shown: [{ nodes: [{ stage: 'none', secondary: [0, 0, 0, 0] }] }],
    } satisfies Played);
  });

  test('and answers otherwise when it is started again is refused', async () => {
    const mark = join(folder, 'started');
    const made = await loaded(`const fs = require('node:fs');
      if (asked.request === 'hello' && fs.existsSync('${mark}')) result.name = 'other';
      fs.writeFileSync('${mark}', '');
      if (asked.request === 'apply') process.exit(1);`);
    await expect(made.apply(open)).rejects.toThrow(SystemLost);
    await expect(made.load(setup, [])).rejects.toThrow('a new process answers hello otherwise');
  });
});
