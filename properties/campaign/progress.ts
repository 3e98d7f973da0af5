/** Progress on stderr: one line rewritten in place on a terminal, else a plain line every ten seconds. */
import type { Statistics } from './campaign.ts';

type SoFar = Pick<Statistics, 'cases' | 'coverage' | 'seconds' | 'findings'>;

export interface TimeGoal {
  readonly secondsMax: number;
  readonly casesMax: number;
}

export interface ProgressGoal extends TimeGoal {
  readonly cellsReachable: number;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const INTERVAL_SECONDS = { terminal: 0.25, plain: 10 };
/** The first line comes early, so that a user sees that the run lives. */
const FIRST_SECONDS = 0.5;

/** A line that is written again and again, neither too early nor too often. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #nextSeconds = FIRST_SECONDS;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** `text` is asked for only when it is time; `seconds` since the job began. */
  show(seconds: number, text: () => string): void {
    if (seconds < this.#nextSeconds) return;
    const onTerminal = this.#output.isTTY === true;
    this.#nextSeconds = seconds + INTERVAL_SECONDS[onTerminal ? 'terminal' : 'plain'];
    this.#output.write(onTerminal ? `\r\u001b[2K${text()}` : `${text()}\n`);
  }

  /** Clears the line, for other output to follow. */
  clear(): void {
    if (this.#output.isTTY === true) this.#output.write('\r\u001b[2K');
  }
}

export function progressText(statistics: SoFar, goal: ProgressGoal): string {
  const { operations, cells } = statistics.coverage;
  const rate = Math.round(operations / Math.max(statistics.seconds, 0.001));
  // Several nodes and faults at once lead to cells that nobody counted on.
  const share = Math.min(100, Math.round((100 * cells) / Math.max(goal.cellsReachable, 1)));
  const failures = statistics.findings.length === 0 ? '' : `, ${statistics.findings.length} findings`;
  return `${statistics.cases} cases, ${operations} operations checked, ${rate}/s, ${share} % of cells, ${timeLeft(statistics, goal)}${failures}`;
}

export function timeLeft(
  { cases, seconds }: Pick<SoFar, 'cases' | 'seconds'>,
  { secondsMax, casesMax }: TimeGoal,
): string {
  const byCases = cases === 0 ? Infinity : (seconds * (casesMax - cases)) / cases;
  const left = Math.min(secondsMax - seconds, byCases);
  return Number.isFinite(left) ? `${Math.max(0, Math.ceil(left))} s left` : 'time left unknown';
}
