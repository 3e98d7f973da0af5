/**
 * Saved traces with something changed at random, byte by byte and value by value: each is replayed, or refused in one line,
 * within two seconds. Run by itself it takes the number of traces and a seed: `npx tsx cli/testing/mutated-traces.ts 20000 1`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { visible } from '../../impl/printed-text.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { TraceError } from '../../traces/format/trace-error.ts';
import { parseTrace } from '../../traces/format/trace-file.ts';
import { listTraces } from '../../traces/replay/failure-folder.ts';
import { replay } from '../../traces/replay/replay.ts';

const saved = join(import.meta.dirname, '../../traces/saved');
const FOLDERS = ['regressions', 'deviations', 'unreachable'];

/** By the clock of the processor: a machine that is busy elsewhere is no fault of a trace. */
const SECONDS_MAX = 2;
const LINE_CHARACTERS_MAX = 2000;

const ODD_NUMBERS = [0, -1, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 1e300, 0.5];
const ODD_TEXTS = ['', 'open', '\u0000\u001b[2J\r\n::error::x', '__proto__', 'x'.repeat(5000)];
const ODD_OTHERS = [null, true, [], {}, [[[]]], { op: 'open' }];
const ODD_VALUES: readonly unknown[] = [ODD_NUMBERS, ODD_TEXTS, ODD_OTHERS].flat();

type Dice = () => number;

function below(dice: Dice, count: number): number {
  return Math.floor(dice() * count);
}

function mutatedText(text: string, dice: Dice): string {
  const at = below(dice, text.length);
  const length = 1 + below(dice, 30);
  const rest = text.slice(at + length);
  switch (below(dice, 5)) {
    case 0:
      return text.slice(0, at) + rest;
    case 1:
      return text.slice(0, at + length) + text.slice(at, at + length) + rest;
    case 2:
      return text.slice(0, at) + String.fromCharCode(below(dice, 256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + '[{"'.charAt(below(dice, 3)).repeat(below(dice, 3000)) + rest;
  }
}

/** One value somewhere is replaced, left out, or stands twice. */
function mutatedValue(value: unknown, dice: Dice): unknown {
  const odd = ODD_VALUES[below(dice, ODD_VALUES.length)];
  if (typeof value === 'number' && below(dice, 3) > 0) return below(dice, 20);
  if (typeof value !== 'object' || value === null) return odd;
  const entries: [string, unknown][] = Object.entries(value);
  const place = below(dice, entries.length);
  const chosen = entries[place];
  if (chosen === undefined || below(dice, 12) === 0) return odd;
  const [key, inner] = chosen;
  const what = below(dice, 10);
  if (what === 0) entries.splice(place, 1);
  else if (what === 1) entries.push([`${key}2`, inner]);
  else entries[place] = [key, mutatedValue(inner, dice)];
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

function mutated(text: string, dice: Dice): string {
  let changed = text;
  if (below(dice, 3) > 0) {
    let value: unknown = JSON.parse(text);
    for (let left = below(dice, 3) === 0 ? 3 : 1; left > 0; left--) value = mutatedValue(value, dice);
    changed = JSON.stringify(value, null, below(dice, 3)) ?? '';
  }
  if (changed === text || below(dice, 8) === 0) changed = mutatedText(changed, dice);
  return changed;
}

export interface Mutated {
  readonly replayed: number;
  readonly refused: number;
  readonly slowestSeconds: number;
  /** A line for whatever should not be. */
  readonly wrong: readonly string[];
}

export async function replayMutated(count: number, seed: number): Promise<Mutated> {
  const dice = seedrandom(String(seed));
  const texts = FOLDERS.flatMap((folder) => listTraces(join(saved, folder))).map((path) =>
    readFileSync(path, 'utf8'),
  );
  const wrong: string[] = [];
  let [replayed, slowestSeconds] = [0, 0];
  for (let index = 0; index < count; index++) {
    const text = mutated(texts[below(dice, texts.length)] ?? '', dice);
    const begun = process.cpuUsage();
    const problem = await problemWith(text);
    const { user, system } = process.cpuUsage(begun);
    const seconds = (user + system) / 1e6;
    slowestSeconds = Math.max(slowestSeconds, seconds);
    if (problem === null) replayed++;
    if (problem?.isClear === false) wrong.push(`trace ${index} of seed ${seed}: ${problem.message}`);
    if (seconds > SECONDS_MAX) wrong.push(`trace ${index} of seed ${seed} took ${seconds.toFixed(1)} s`);
  }
  return { replayed, refused: count - replayed, slowestSeconds, wrong };
}

/** Why a trace cannot be replayed; null where it can. */
async function problemWith(text: string): Promise<{ message: string; isClear: boolean } | null> {
  try {
    const trace = parseTrace(text, 'mutated.json');
    await replay('mutated.json', trace, openSubject('impl', { comparison: trace.comparison }));
    return null;
  } catch (error) {
    if (!(error instanceof Error)) return { message: String(error), isClear: false };
    const { message, stack = message } = error;
    const isTold = error instanceof TraceError || error instanceof UsageError;
    // oxlint-disable-next-line no-control-regex -- what may not stand in a line
    const isLine = message.length <= LINE_CHARACTERS_MAX && message === visible(message);
    return isTold && isLine
      ? { message, isClear: true }
      : { message: isTold ? message : stack, isClear: false };
  }
}

if (process.argv[1] === import.meta.filename) {
  const [count, seed] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 1)];
  const { replayed, refused, slowestSeconds, wrong } = await replayMutated(count, seed);
  for (const line of wrong) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `${count} mutated traces, seed ${seed}: ${replayed} replayed, ${refused} refused, slowest ${slowestSeconds.toFixed(2)} s of processor time, ${wrong.length} things wrong\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
