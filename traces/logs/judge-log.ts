/** Holds a log against the model, line by line, and says at which lines the system did what the model does not allow. */
import { SystemLost } from '../../impl/system-lost.ts';
import type { Shown } from '../../impl/shown.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import { judgedRun } from '../../properties/lockstep/async-lockstep.ts';
import { lostAt } from '../../properties/comparison/lost-system.ts';
import { visible } from '../../impl/printed-text.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { describeDivergence } from '../../properties/lockstep/failure-report.ts';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import type { StepJudge } from '../../properties/lockstep/profile-judge.ts';
import { operationProblem } from '../../properties/cases/setup-problem.ts';
import { TraceError } from '../format/trace-error.ts';
import { readLines } from './log-lines.ts';
import { LineProblem, parseLine } from './log-line.ts';
import type { LogHead, LogLine } from './log-schema.ts';
import { OverlappingCase } from './overlapping-case.ts';

export interface LogDifference {
  readonly path: string;
  /** Of the answer that differs, from 1. */
  readonly line: number;
  /** In its case, from 1. */
  readonly step: number;
  readonly operation: string;
  readonly sentence: string;
  readonly signature: string;
}

/** What was judged so far. */
export interface LogCounts {
  cases: number;
  steps: number;
  /** Cases in which something differed; each is judged up to there. */
  differing: number;
  readonly comparisons: Set<ComparisonMode>;
}

export interface LogOptions {
  /** Null: as each log says. */
  readonly comparison: ComparisonMode | null;
  /** Grows as the log is read, and says what was judged where the log turns out to be none. */
  readonly counts: LogCounts;
  differs(difference: LogDifference): void;
}

/** Throws a `TraceError` that names the line where the log is not what it must be. */
export async function judgeLog(path: string, options: LogOptions): Promise<void> {
  const judge = new LogJudge(path, options);
  await readLines(path, (text, number, isEnded) => judge.take(text, number, isEnded));
  judge.end();
}

interface OpenCase {
  readonly setup: Setup;
  /** Null once something has differed, and where requests overlap. */
  run: StepJudge | null;
  /** Null where nothing overlaps. */
  readonly overlapping: OverlappingCase | null;
  /** How many operations were answered. */
  steps: number;
}

type Lost = Extract<LogLine, { readonly lost: unknown }>['lost'];

class LogJudge {
  readonly #path: string;
  readonly #options: LogOptions;
  #head: LogHead | null = null;
  #case: OpenCase | null = null;
  /** What waits for its answer. */
  #asked: { readonly operation: Operation; readonly line: number } | null = null;
  /** The operation of this case that was asked last. */
  #last: Operation | null = null;
  #steps = 0;
  #line = 0;

  constructor(path: string, options: LogOptions) {
    this.#path = path;
    this.#options = options;
  }

  take(text: string, number: number, isEnded: boolean): void {
    this.#line = number;
    if (text.trim() === '') return;
    try {
      this.#follow(parseLine(text, isEnded));
    } catch (error) {
      throw error instanceof LineProblem ? this.#refusal(error.message) : error;
    }
  }

  /** The log has come to its end. */
  end(): void {
    if (this.#asked !== null)
      throw this.#refusal('the log is cut off: the last operation has no answer. Record the log again.');
    if (this.#steps === 0)
      throw new TraceError(
        visible(`${this.#path}: there is no operation in it, so nothing was judged. ${FORMAT}`),
      );
    try {
      this.#endCase();
    } catch (error) {
      throw error instanceof LineProblem ? this.#refusal(error.message) : error;
    }
  }

  #follow(line: LogLine): void {
    if ('format' in line) return this.#begin(line);
    if (this.#head === null)
      throw new LineProblem(`the first line must say what this is: ${HEAD}. ${FORMAT}`);
    if ('setup' in line) return this.#load(line.setup, this.#head);
    if (this.#case === null)
      throw new LineProblem('no case has begun yet: write a line {"setup": ...} before the operations.');
    if (this.#case.overlapping !== null) return this.#overlap(line, this.#case, this.#case.overlapping);
    if ('id' in line && line.id !== undefined)
      throw new LineProblem(
        'the first line does not say that requests overlap: write "overlapping": {} there.',
      );
    if ('operation' in line) return this.#ask(line.operation, this.#case);
    if (this.#asked === null) {
      if ('lost' in line && line.lost.atEnd === true && this.#last !== null)
        return this.#loseAtEnd(this.#last, line.lost, this.#case);
      const [kind = ''] = Object.keys(line);
      throw new LineProblem(
        `"${kind}" has no operation before it: write the operation that was asked first.`,
      );
    }
    const { operation } = this.#asked;
    this.#asked = null;
    if ('lost' in line) this.#lose(operation, line.lost, this.#case);
    else this.#answer(operation, line.answer, { nodes: [], ...line.shown }, this.#case);
  }

  /** Also after a whole case, so that logs can be put together. */
  #begin(head: LogHead): void {
    this.#endCase();
    this.#case = null;
    this.#head = head;
  }

  #load(setup: Setup, head: LogHead): void {
    this.#endCase();
    const { control, commit } = head;
    const comparison = this.#options.comparison ?? head.comparison ?? 'qemu';
    this.#options.counts.cases++;
    this.#options.counts.comparisons.add(comparison);
    const overlapping = head.overlapping === undefined ? null : new OverlappingCase(setup, head, comparison);
    const run =
      overlapping === null
        ? judgedRun({ capabilities: { control, commit } }, { setup }, { comparison })
        : null;
    this.#case = { setup, run, overlapping, steps: 0 };
    this.#last = null;
  }

  #endCase(): void {
    this.#requireAnswered();
    this.#case?.run?.finish();
    this.#case?.overlapping?.end();
  }

  #overlap(line: LogLine, open: OpenCase, overlapping: OverlappingCase): void {
    if ('operation' in line) return overlapping.ask(line.operation, line.id);
    if (!('answer' in line))
      throw new LineProblem('"lost" is not judged where requests overlap: leave the case out.');
    const operation = overlapping.operationOf(line.id);
    const system = this.#head?.system ?? 'the system';
    const { isOver } = overlapping;
    const found = overlapping.answer(system, line.id, line.answer, line.shown?.nodes ?? []);
    open.steps++;
    if (isOver) return;
    this.#steps++;
    this.#options.counts.steps++;
    if (found === null || operation === null) return;
    this.#tell(open, operation, found.sentence, found.signature);
  }

  #ask(operation: Operation, { setup }: OpenCase): void {
    this.#requireAnswered();
    const problem = operationProblem(operation, setup);
    if (problem !== null)
      throw new LineProblem(`operation cannot be asked in this case: ${problem}. ${REMEDY}`);
    this.#asked = { operation, line: this.#line };
    this.#last = operation;
  }

  #answer(operation: Operation, answer: Outcome, shown: Shown, open: OpenCase): void {
    if (shown.nodes.length > open.setup.nodes.length)
      throw new LineProblem(
        `${shown.nodes.length} nodes are shown: the setup has ${open.setup.nodes.length}. ${REMEDY}`,
      );
    const { run } = open;
    this.#judged(
      open,
      run === null ? null : run.judge(open.steps, operation, step(run.host, operation), answer, shown),
    );
  }

  #lose(operation: Operation, { how, detail }: Lost, open: OpenCase): void {
    const { run } = open;
    this.#judged(
      open,
      run === null ? null : lostAt(run.host, open.steps, operation, new SystemLost(how, detail)),
    );
  }

  /** When the case was taken down, after its last operation was answered. */
  #loseAtEnd(last: Operation, { how, detail }: Lost, open: OpenCase): void {
    const { run, steps } = open;
    if (run === null) return;
    const lost = lostAt(run.host, steps - 1, last, new SystemLost(how, detail));
    this.#differs(open, { ...lost, isAtEnd: true });
  }

  #judged(open: OpenCase, found: Divergence | null): void {
    open.steps++;
    if (open.run === null) return;
    this.#steps++;
    this.#options.counts.steps++;
    if (found !== null) this.#differs(open, found);
  }

  #differs(open: OpenCase, found: Divergence): void {
    open.run = null;
    const sentence = describeDivergence(this.#head?.system ?? 'the system', found);
    this.#tell(open, found.operation, sentence, signatureOf(found));
  }

  #tell({ steps }: OpenCase, operation: Operation, sentence: string, signature: string): void {
    this.#options.counts.differing++;
    const named = { step: steps, operation: describeOperation(operation), sentence, signature };
    this.#options.differs({ path: this.#path, line: this.#line, ...named });
  }

  #requireAnswered(): void {
    if (this.#asked === null) return;
    throw new LineProblem(
      `the operation of line ${this.#asked.line} has no answer: write what the system answered before what comes next.`,
    );
  }

  #refusal(problem: string): TraceError {
    return new TraceError(visible(`${this.#path}:${this.#line}: ${problem}`));
  }
}

const HEAD = '{"format":"colocheck-log","version":1,"control":"driver","commit":"stepped"}';
const FORMAT = 'The format is in docs/model-as-a-library.md.';
const REMEDY = 'Edit the log or record it again.';
