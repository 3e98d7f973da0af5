/**
 * What a run is about to play, noted on disk before it is played: `kill -9` leaves the cases that were in hand. Of systems
 * in this process, which play thousands of cases a second, and where requests overlap their place in the campaign is
 * noted, from which they are drawn again.
 */
import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../properties/cases/case.ts';
import { makeFolder } from '../../properties/jobs/make-folder.ts';
import type { NamedSystem } from '../format/replay-command.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';

const FOLDER = 'in-hand';

/** A place in a campaign. */
export interface InHand {
  readonly firstCase: number;
  readonly numRuns: number;
}

export class CaseInHand {
  readonly #folder: string;
  readonly #path: string;
  readonly #of: NamedSystem;
  readonly #seed: number;
  /** The command that draws the same cases again. */
  readonly #repeat: string;
  /** Of a system that is given cases ahead the batch before may still be on its way. */
  #earlier: readonly string[] = [];

  /** Nothing is written yet. */
  constructor(failures: string, of: NamedSystem, seed: number, repeat: string) {
    this.#folder = join(failures, FOLDER);
    this.#path = join(this.#folder, `${process.pid}.json`);
    this.#of = of;
    this.#seed = seed;
    this.#repeat = repeat;
  }

  /** Called before they are played; without cases only where they are drawn. */
  begins(cases: readonly Case[], { firstCase, numRuns }: InHand): void {
    const texts = cases.map(({ setup, operations }) => JSON.stringify({ setup, operations }));
    const where = `cases ${firstCase} to ${firstCase + numRuns - 1} of seed ${this.#seed}`;
    const last = cases.at(-1);
    const text =
      last === undefined
        ? JSON.stringify({ format: 'colocheck-in-hand', where, repeat: this.#repeat })
        : this.#trace(where, last, [...this.#earlier, ...texts.slice(0, -1)]);
    this.#earlier = texts;
    try {
      makeFolder(this.#folder);
      writeFileSync(`${this.#path}.new`, text);
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A full disk is reported with findings, and this is none.
    }
  }

  /** The run has come to its end. */
  end(): void {
    try {
      for (const path of [this.#path, `${this.#path}.new`]) rmSync(path, { force: true });
      rmdirSync(this.#folder);
    } catch {
      // It was never made, or another run has something in it.
    }
  }

  #trace(where: string, { setup, operations }: Case, before: readonly string[]): string {
    const { name: system, comparison = 'qemu' } = this.#of;
    const head = JSON.stringify({
      format: 'colocheck-trace',
      version: TRACE_VERSION,
      note: `In hand on ${system} when the run was killed: ${where}, and what was played before them.`,
      comparison,
    });
    const rest = JSON.stringify({ setup, operations }).slice(1);
    return `${head.slice(0, -1)},"before":[${before.join(',')}],${rest}\n`;
  }
}

/** A line for each run that was killed in the middle of its cases. */
export function describeKilledRuns(failures: string): string[] {
  const folder = join(failures, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name) && !isAlive(Number.parseInt(name, 10)))
    .map((name) => `a run was killed: what it had in hand is in ${join(folder, name)}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
