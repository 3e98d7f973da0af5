/** Progress on stderr: one line rewritten in place on a terminal, else a plain line every ten seconds. */
import type { Tally } from './campaign.ts';

export interface ProgressGoal {
  readonly cellsReachable: number;
  readonly secondsMax: number;
  readonly casesMax: number;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const INTERVAL_SECONDS = { terminal: 0.25, plain: 10 };
/** The first line comes early, so that a user sees that the run lives. */
const FIRST_SECONDS = 0.5;

export class Progress {
  readonly #output: ProgressOutput;
  readonly #goal: ProgressGoal;
  #nextSeconds = FIRST_SECONDS;

  constructor(output: ProgressOutput, goal: ProgressGoal) {
    this.#output = output;
    this.#goal = goal;
  }

  show(tally: Tally): void {
    if (tally.seconds < this.#nextSeconds) return;
    const onTerminal = this.#output.isTTY === true;
    this.#nextSeconds = tally.seconds + INTERVAL_SECONDS[onTerminal ? 'terminal' : 'plain'];
    const line = progressLine(tally, this.#goal);
    this.#output.write(onTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  /** Clears the line, for other output to follow. */
  clear(): void {
    if (this.#output.isTTY === true) this.#output.write('\r\u001b[2K');
  }
}

export function progressLine(tally: Tally, goal: ProgressGoal): string {
  const { operations, cells } = tally.coverage;
  const rate = Math.round(operations / Math.max(tally.seconds, 0.001));
  // Several nodes and faults at once lead to cells that nobody counted on.
  const share = Math.min(100, Math.round((100 * cells) / Math.max(goal.cellsReachable, 1)));
  const failures = tally.findings.length === 0 ? '' : `, ${tally.findings.length} kinds of failure`;
  return `${tally.cases} cases, ${operations} operations checked, ${rate}/s, ${share} % of cells, ${timeLeft(tally, goal)}${failures}`;
}

function timeLeft({ cases, seconds }: Tally, { secondsMax, casesMax }: ProgressGoal): string {
  const byCases = cases === 0 ? Infinity : (seconds * (casesMax - cases)) / cases;
  const left = Math.min(secondsMax - seconds, byCases);
  return Number.isFinite(left) ? `${Math.max(0, Math.ceil(left))} s left` : 'time left unknown';
}
