/**
 * Every command in the README and on the pages is run: as it stands, or in the variant that is listed here with the reason.
 * All of them one after the other, in a folder that looks like a clone, so that what they write is gone with it.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driverPaths, noDriver } from '../impl/driver/testing/found-drivers.ts';
import { reasonToSkip } from '../impl/qemu/testing/qemu-required.ts';

const root = join(import.meta.dirname, '..');
const noQemu = await reasonToSkip();

interface Way {
  /** What is run instead, and why. */
  readonly run?: string;
  readonly why?: string;
  /** Why it is not run at all. */
  readonly not?: string;
  /** The exit code that it must end with; 0 where left out. */
  readonly ends?: number;
}

const time = 'as it stands it takes minutes or hours';
const fewer = ' --cases 20 --seed 1 --no-recorded --no-replay';
const saved = 'traces/saved/failures/<signature>.json';
const python = 'exec:python3 impl/exec/examples';
const broken = 'mutant:no-copy-before-a-write';
const trace = 'traces/saved/deviations/failed-start-runs.json';

/** By the command as the page has it, without its comment. */
const ways: Readonly<Record<string, Way>> = {
  'npm ci && npm run verify': { run: `npm run verify --${fewer}`, why: time },
  'npm test': { not: 'this test is part of it' },
  'npm ci && npm test': { not: 'this test is part of it' },
  'npm run test:long': { not: 'this test is part of it' },
  '.ci/run': { not: 'this test is part of it' },
  'npm run format && npm run lint && npm run types && npm run unused': { not: '.ci/run runs them' },
  [`npm run verify -- --system ${broken} --seed 1 --no-recorded --max-findings 1`]: { ends: 1 },
  'npm run verify -- --system "exec:python3 mine.py" --minutes 0.2': {
    run: `npm run verify -- --system "exec:python3 mine.py"${fewer}`,
    why: time,
  },
  'npm run verify -- --cases 20000 --junit results/verify.xml': {
    run: 'npm run verify -- --cases 20 --junit results/verify.xml',
    why: time,
  },
  'seq 4 | parallel "npm run --silent verify -- --seed 1 --cases 400000 --shard {}/4 --results shards/{}/result.json --failures shards/{}/failures"':
    {
      run: 'for i in 1 2; do npm run --silent verify -- --seed 1 --cases 256 --shard $i/2 --results shards/$i/result.json --failures shards/$i/failures; done',
      why: `${time}; and GNU parallel may be missing`,
    },
  'npm run verify -- --in-flight': {
    run: 'npm run verify -- --in-flight --cases 20 --seed 1 --no-replay',
    why: time,
  },
  'npm run verify -- --in-flight --cases 60000 --workers 2 --junit results/overlap.xml': {
    run: 'npm run verify -- --in-flight --cases 20 --seed 1 --no-replay --workers 2 --junit results/overlap.xml',
    why: time,
  },
  'npm run verify -- --in-flight --system mutant:copy-in-flight-is-not-seen --seed 1 --max-findings 1': {
    ends: 1,
  },
  'npm run explore -- --in-flight': { run: 'npm run explore -- --in-flight copies', why: time },
  'npm run view -- traces/saved/failures/in-flight/<signature>.json': { ends: 1 },
  'npm run verify -- --report campaign.html': {
    run: `npm run verify -- --report campaign.html${fewer}`,
    why: time,
  },
  'npm run deviations -- --qemu /usr/bin/qemu-system-x86_64 --qemu /opt/qemu/bin/qemu-system-x86_64': {
    run: 'npm run deviations -- --qemu qemu-system-x86_64 --docs made',
    why: 'the binaries are examples, and the page of this tree is not to change',
  },
  'npm run verify -- --system driver:../qemu': {
    run: `npm run verify -- --system driver:../qemu${fewer}`,
    why: time,
  },
  'npm run compare -- --base driver:../qemu-10.0 --head driver:../qemu': {
    run: 'npm run compare -- --base driver:../qemu --head driver:../qemu --cases 20',
    why: `${time}; and there may be one driver only`,
  },
  'npm run matrix -- --system driver:../qemu --system qemu:/usr/bin/qemu-system-x86_64 --markdown table.md': {
    run: 'npm run matrix -- --system driver:../qemu --system impl --markdown table.md',
    why: 'the binary is an example',
  },
  'git bisect start BAD GOOD': { not: 'it needs a history of QEMU' },
  'git bisect run npm --prefix ../colocheck run --silent compare -- --base driver:/tmp/good.c --head driver:$PWD':
    {
      run: 'cd ../qemu && npm --prefix ../colocheck run --silent compare -- --base driver:$PWD --head driver:$PWD --cases 20',
      why: 'it needs a history of QEMU',
    },
  'npm run mutants -- --system driver:../qemu': {
    not: `${time}; cli/commands/driver-mutants.ts has a test of its own`,
  },
  'npm run mutants -- --system driver:../qemu --changed-since old/replication.c': {
    run: "mkdir -p old && sed '/s->error = 0;/d' ../qemu/block/replication.c >old/replication.c && npm run mutants -- --system driver:../qemu --changed-since old/replication.c",
    why: 'there may be one driver only',
  },
  'npm run lines -- ../qemu': {
    run: 'npm run lines -- ../qemu --cases 500',
    why: `${time}; with so few cases some lines are not reached`,
    ends: 1,
  },
  'npm run mutants': { run: 'npm run mutants -- no-copy-before-a-write --seeds 1', why: time },
  'npm run mutants -- commit-skips-zeroes --prove --seeds 5': {
    run: 'npm run mutants -- commit-skips-zeroes --seeds 1',
    why: time,
  },
  'npm run mutation': { not: time },
  'npm run explore': { run: 'npm run explore -- second-starts', why: time },
  'npm run explore -- three-clusters --workers 2': {
    run: 'npm run explore -- primary --workers 2',
    why: time,
  },
  'npm run explore -- two-clusters --system driver:../qemu': {
    run: 'npm run explore -- second-starts --system driver:../qemu',
    why: time,
  },
  'npm run tour -- halves': { run: 'npm run tour -- one-cluster', why: time },
  // The disks of this failure are smaller than QEMU's can be, and it says so.
  [`npm run replay -- ${saved} --system qemu`]: { ends: 2 },
  [`npm run replay -- ${saved} --recorded`]: { ends: 1 },
  [`npm run replay -- ${saved} --system NAME --shrink`]: { ends: 1 },
  [`npm run view -- ${saved}`]: { ends: 1 },
  'npm run traces -- --on impl --on qemu': { run: 'npm run traces -- --on impl', why: time },
  'npm run judge -- FILE...': {
    run: `npm run replay -- ${trace} --log own.log && npm run judge -- own.log`,
    why: 'it needs a log',
  },
  'npm run judge -- example.log': {
    not: 'traces/logs/model-as-a-library.test.ts runs it on the log of the page',
  },
  'sudo apt-get install --no-install-recommends qemu-system-x86 qemu-utils': {
    not: 'it changes the machine',
  },
  'npm run verify -- --system qemu --minutes 2': {
    run: `npm run verify -- --system qemu${fewer}`,
    why: time,
  },
  'npm run verify -- --system qemu --qemu ../qemu/build/qemu-system-x86_64 --minutes 2': {
    run: `npm run verify -- --system qemu --qemu qemu-system-x86_64${fewer}`,
    why: 'the binary is an example',
  },
  '.ci/qemu-versions versions 10.0 11.1': { not: '.ci/run and .ci/nightly run it; it downloads' },
  'npm run verify -- --system qemu --qemu versions/11.1/qemu-system-x86_64': { not: '.ci/run runs it' },
  'COLOCHECK_LONG=1 npx vitest run impl/qemu/qemu-memory.long.test.ts': { not: '.ci/nightly runs it' },
  [`npm run verify -- --system "${python}/secondary.py" --minutes 0.2`]: {
    run: `npm run verify -- --system "${python}/secondary.py"${fewer}`,
    why: time,
  },
  [`npm run verify -- --system "${python}/wrong.py no-copy" --max-findings 1`]: { ends: 1 },
  'npm run verify -- --system module:./impl/examples/secondary.ts --minutes 0.2': {
    run: `npm run verify -- --system module:./impl/examples/secondary.ts${fewer}`,
    why: time,
  },
  'npm run verify -- --system module:./impl/examples/wrong-secondary.ts --max-findings 1': { ends: 1 },
  'npm run verify -- --system "exec:python3 mine.py" --comparison document --minutes 2': {
    run: `npm run verify -- --system "exec:python3 mine.py" --comparison document${fewer}`,
    why: time,
  },
  [`npm run certify -- --system "${python}/secondary.py" --minutes 0.2`]: {
    run: `npm run certify -- --system "${python}/secondary.py" --cases 20 --seed 1`,
    why: time,
  },
};

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  'impl/exec/PROTOCOL.md',
];

/** The lines of the shell blocks, without comments, each once and in the order of the pages. */
const commands = [
  ...new Set(
    pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
        .flatMap(([, block = '']) => block.trimEnd().split('\n'))
        .map((line) => line.replace(/\s+# .*$/, '')),
    ),
  ),
];

/** A clone and a tree of QEMU beside it. */
const ground = mkdtempSync(join(tmpdir(), 'colocheck-pages-'));
const clone = join(ground, 'colocheck');
afterAll(() => rmSync(ground, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(join(clone, 'traces/saved'), { recursive: true });
  const link = (path: string): void => symlinkSync(join(root, path), join(clone, path));
  for (const name of readdirSync(root)) if (name !== 'traces' && !name.startsWith('.git')) link(name);
  for (const name of readdirSync(join(root, 'traces'))) if (name !== 'saved') link(join('traces', name));
  for (const name of readdirSync(join(root, 'traces/saved')))
    if (name !== 'failures') link(join('traces/saved', name));
  mkdirSync(join(clone, 'made'));
  for (const name of ['deviations.md', 'deviations.json'])
    cpSync(join(root, 'docs', name), join(clone, 'made', name));
  const [driver] = driverPaths;
  mkdirSync(join(ground, 'qemu/block'), { recursive: true });
  mkdirSync(join(ground, 'qemu/tests/qemu-iotests/tests'), { recursive: true });
  if (driver === undefined) return;
  const file = statSync(driver).isDirectory() ? join(driver, 'block/replication.c') : driver;
  cpSync(file, join(ground, 'qemu/block/replication.c'));
});

/** What the first failing command of the README has saved, or the one of requests in flight. */
function signature(folder: string): string {
  const [name] = readdirSync(join(clone, folder)).filter((each) => each.endsWith('.json'));
  return (name ?? 'none').replace('.json', '');
}

function run(command: string) {
  const named = command.replaceAll('<signature>', signatureIn(command)).replaceAll('NAME', broken);
  // No test draws a seed.
  const line = named.replace(/npm run (verify|certify) -- (?!.*--seed)/, 'npm run $1 -- --seed 1 ');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: clone, encoding: 'utf8' });
  return { status, output: `${line}\n${stdout}${stderr}`, stdout };
}

function signatureIn(command: string): string {
  const folder = /(\S+)\/<signature>/.exec(command)?.[1];
  return folder === undefined ? '' : signature(folder);
}

/** Why a command cannot be run here; null where it can. */
function missing(command: string): string | null {
  if (/--(system|on) qemu\b|npm run tour|--qemu qemu-|show\.py &&/.test(command)) return noQemu;
  return command.includes('../qemu') ? noDriver : null;
}

test('each command that is listed here is on a page', () => {
  expect(commands.length).toBeGreaterThan(45);
  expect(Object.keys(ways).filter((command) => !commands.includes(command))).toEqual([]);
});

const toRun = commands.flatMap((command) => {
  const { run: instead = command, not, ends = 0 } = ways[command] ?? {};
  return not === undefined ? [{ command, instead, ends }] : [];
});

test.for(toRun)('$command', { timeout: 600_000 }, ({ instead, ends }, { skip }) => {
  const reason = missing(instead);
  if (reason !== null) skip(reason);
  const { status, output } = run(instead);
  expect(status, output).toBe(ends);
});

test('the README shows the failure as the command prints it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, shown = ''] = /^```\n(Step .*?)^```$/ms.exec(readme) ?? [];
  expect(shown.split('\n').length).toBeGreaterThan(15);
  const command = commands.find((each) => each.includes(broken)) ?? '';
  expect(run(command).stdout).toContain(shown.trimEnd());
});
