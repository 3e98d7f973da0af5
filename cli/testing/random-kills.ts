/**
 * Campaigns that are ended at random moments, by random signals to colocheck, its process group, or the system under test:
 * none may leave a process or a half file, nor lose a finding that it has reported. Run by itself it takes the number of
 * rounds and a seed: `npx tsx cli/testing/random-kills.ts 1000 1`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { brokenFiles, lostFindings, processesWith } from './left-behind.ts';

const root = join(import.meta.dirname, '../..');

export const killedSystems = [
  'mutant:no-copy-before-a-write',
  'exec:python3 impl/exec/examples/secondary.py',
  'exec:python3 impl/exec/examples/wrong.py no-copy',
  'qemu',
];

const signals = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const victims = ['colocheck', 'group', 'system'] as const;

/** A run that has to end by itself after a signal does so within this. */
const SECONDS_MAX = 2;
/** What a machine that is busy elsewhere adds. */
const SLACK_SECONDS = 3;
/** Where it is ended at the latest, from its start or from when it says that the campaign begins. */
const MOMENT_SECONDS_MAX = 6;
const moments = ['start', 'campaign', 'campaign', 'campaign'] as const;

interface Round {
  readonly system: string;
  readonly signal: (typeof signals)[number];
  readonly victim: (typeof victims)[number];
  readonly from: (typeof moments)[number];
  readonly momentSeconds: number;
}

export interface Ended extends Round {
  readonly exitCode: number | null;
  /** From the signal until colocheck had ended. */
  readonly seconds: number;
  /** A line for whatever should not be. */
  readonly wrong: readonly string[];
}

/** The same rounds for the same seed; what they meet is up to the moment. */
export function rounds(count: number, seed: number, systems: readonly string[]): Round[] {
  const dice = seedrandom(String(seed));
  const oneOf = <Value>(values: readonly Value[]): Value[] =>
    values.slice(Math.floor(dice() * values.length)).slice(0, 1);
  return Array.from({ length: count }, () => {
    const [system = '', signal = 'SIGKILL', victim = 'colocheck'] = [
      oneOf(systems)[0],
      oneOf(signals)[0],
      oneOf(victims)[0],
    ];
    const [from = 'start'] = oneOf(moments);
    return { system, signal, victim, from, momentSeconds: dice() * MOMENT_SECONDS_MAX };
  });
}

export async function endedRound(round: Round, mark: string): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-kills-'));
  const words = ['verify', '--system', round.system, '--minutes', '0.15', '--max-failures', '2'];
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'cli/cli.ts', ...words, '--seed', '1', '--no-recorded', '--failures', folder],
    { cwd: root, detached: true, env: { ...process.env, COLOCHECK_MARK: mark } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ending = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const begun =
    round.from === 'start' ? Promise.resolve() : new Promise((resolve) => child.stdout.once('data', resolve));
  await Promise.race([begun.then(() => pause(round.momentSeconds)), ending]);
  const seconds = stopwatch();
  hit(round, child.pid ?? 0, mark);
  const exitCode = await ending;
  const took = seconds();
  const isSlow = round.victim !== 'system' && took > SECONDS_MAX + SLACK_SECONDS;
  const wrong = [
    ...(await leftRunning(mark)),
    ...brokenFiles(folder),
    ...lostFindings(said),
    ...(isSlow ? [`it took ${took.toFixed(1)} s to end`] : []),
    ...(/^ {4}at /m.test(said) ? [`a stack: ${said.slice(-500)}`] : []),
    ...(exitCode === 1 && lostOfAll(said) ? ['exit code 1 without a trace'] : []),
  ];
  rmSync(folder, { recursive: true, force: true });
  return { ...round, exitCode, seconds: took, wrong };
}

function lostOfAll(said: string): boolean {
  return !/^(found: |trace: )/m.test(said);
}

function hit({ victim, signal }: Round, pid: number, mark: string): void {
  const systems = processesWith(mark).filter(({ command }) => /^(\S*\/)?(python3|qemu-system)/.test(command));
  const target = victim === 'colocheck' ? pid : victim === 'group' ? -pid : systems[0]?.pid;
  try {
    if (target !== undefined) process.kill(target, signal);
  } catch {
    // It has ended already.
  }
}

/** What is still there two seconds later, a line each; it is ended then. */
async function leftRunning(mark: string): Promise<string[]> {
  const seconds = stopwatch();
  let left = processesWith(mark);
  while (left.length > 0 && seconds() < SECONDS_MAX + SLACK_SECONDS) {
    await pause(0.05);
    left = processesWith(mark);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  return left.map(({ pid, command }) => `process ${pid} was left: ${command}`);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}

async function main(count: number, seed: number): Promise<number> {
  let wrong = 0;
  let slowest = 0;
  const codes = new Map<string, number>();
  for (const [index, round] of rounds(count, seed, killedSystems).entries()) {
    const ended = await endedRound(round, `colocheck-kills-${process.pid}-${index}.`);
    if (round.victim !== 'system') slowest = Math.max(slowest, ended.seconds);
    const code = String(ended.exitCode);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    for (const line of ended.wrong) {
      wrong++;
      process.stdout.write(`round ${index} ${JSON.stringify(round)}: ${line}\n`);
    }
  }
  const ends = [...codes].map(([code, times]) => `${times} with ${code}`);
  process.stdout.write(
    `${count} rounds, seed ${seed}: ${wrong} things wrong, slowest end ${slowest.toFixed(2)} s; ended ${ends.join(', ')}\n`,
  );
  return wrong === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await main(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1));
}
