/** One adapter process: numbered requests out, answers matched by number, and every way in which it can go wrong. */
import { answerOf } from './answer-line.ts';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { AnswerLimit } from '../held/answer-limit.ts';
import { BEGUN_BY_A_LINE, holdGroup, killGroup } from '../held/guard.ts';
import { SystemLost } from '../system-lost.ts';
import { quoted } from '../printed-text.ts';
import { AdapterError } from './adapter-error.ts';
import { ErrorTail } from './error-tail.ts';
import type { AnyBody } from './protocol.ts';

export interface LineClientOptions {
  /** Given to `sh -c`. */
  readonly command: string;
  /** How long the oldest request may stay without an answer. */
  readonly limit: AnswerLimit;
}

/** The process was lost while an earlier request was answered: nothing is known of this one. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

interface Pending {
  readonly id: number;
  readonly about: string;
  /** So many times as long as another it may take. */
  readonly patience: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A line longer than this is no answer. */
const LINE_CHARACTERS_MAX = 2 ** 28;
/** What may still come from a process that has ended. */
const LAST_WORDS_MS = 500;
const GOODBYE_MS = 2000;
/** The first answer waits for the process to start: so many times as long as another. */
const STARTING_FACTOR = 5;

export class LineClient {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #limit: AnswerLimit;
  readonly #stderr: ErrorTail;
  readonly #pending: Pending[] = [];
  #timer: NodeJS.Timeout | null = null;
  #answered = 0;
  #lastId = 0;
  #partialLine = '';
  /** Why nothing can be asked any more. */
  #end: Error | null = null;
  #farewell = false;
  #release = (): void => {};

  constructor({ command, limit }: LineClientOptions) {
    this.#limit = limit;
    // A process group of its own: Ctrl-C at the terminal is for colocheck alone, and a pipeline ends as a whole.
    this.#child = spawn('sh', ['-c', BEGUN_BY_A_LINE, 'sh', 'sh', '-c', command], {
      detached: true,
      stdio: 'pipe',
    });
    const { stdin, stdout, stderr, pid } = this.#child;
    if (pid !== undefined) this.#release = holdGroup(pid);
    this.#stderr = new ErrorTail(stderr);
    stdout.setEncoding('utf8');
    stdout.on('data', (text: string) => this.#receive(text));
    stdin.on('error', () => {});
    stdin.write('begin\n');
    this.#child.on('error', (error) => this.#lose(`it cannot be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => {
      const how =
        signal === null ? `the process ended with exit code ${code}` : `the process was ended by ${signal}`;
      setTimeout(() => this.#lose(how, code), LAST_WORDS_MS).unref();
      this.#child.on('close', () => this.#lose(how, code));
    });
  }

  /** Rejects with `SystemLost`, `Unanswered` or `AdapterError`. */
  async ask(body: AnyBody): Promise<unknown> {
    const [answer] = this.askAll([body]);
    return answer;
  }

  /** Sends all at once; the answers come in the same order. */
  askAll(bodies: readonly AnyBody[]): Promise<unknown>[] {
    let text = '';
    const answers = bodies.map((body) => {
      const id = ++this.#lastId;
      text += `${JSON.stringify({ id, ...body })}\n`;
      const about = requestName(id, body);
      const patience = body.request === 'hello' ? STARTING_FACTOR : 1;
      return new Promise<unknown>((resolve, reject) => {
        this.#pending.push({ id, about, patience, resolve, reject });
      });
    });
    if (this.#end !== null) this.#refuseAll(this.#end);
    else {
      this.#child.stdin.write(text);
      if (this.#timer === null) this.#watch();
    }
    return answers;
  }

  /** The number of the last request. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Says goodbye and ends the process. Rejects with `AdapterError` where it had said something that nobody asked for. */
  async close(): Promise<void> {
    // What has not answered yet would answer a goodbye later still.
    if (this.#end === null && this.#pending.length === 0) {
      this.#farewell = true;
      const late = new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref());
      await Promise.race([this.ask({ request: 'bye' }).catch(() => {}), late]);
    }
    const trouble = this.#end;
    this.kill();
    if (trouble instanceof AdapterError) throw trouble;
  }

  /** Nothing that it says is believed any more; whatever is asked is refused with this error. */
  distrust(error: AdapterError): void {
    this.#endWith(error);
  }

  kill(): void {
    this.#end ??= new Unanswered('the process was ended');
    this.#stopWatch();
    this.#child.stdin.end();
    const { pid } = this.#child;
    if (pid === undefined) return;
    killGroup(pid);
    this.#release();
  }

  /** The limit has changed. */
  hurry(): void {
    if (this.#timer !== null) this.#wait();
  }

  #receive(text: string): void {
    if (this.#end !== null) return;
    // What came before holds no end of a line: a long one is not looked through again with each of its pieces.
    const [first = '', ...others] = text.split('\n');
    this.#partialLine += first;
    for (const next of others) {
      const line = this.#partialLine;
      this.#partialLine = next;
      if (this.#end === null) this.#take(line);
    }
    if (this.#partialLine.length > LINE_CHARACTERS_MAX) {
      this.#violation(`${this.#oldest()} was answered with a line without end`);
    }
  }

  #take(line: string): void {
    const answer = answerOf(line);
    const oldest = this.#pending[0];
    if (answer === null) {
      this.#violation(
        `${this.#oldest()} was answered with ${quoted(line)}: an answer is one JSON object a line, such as {"id":${oldest?.id ?? this.#lastId},"result":null}; anything else belongs on stderr`,
      );
      return;
    }
    if (oldest === undefined || answer.id !== oldest.id) {
      const isTwice = typeof answer.id === 'number' && (oldest === undefined || answer.id < oldest.id);
      this.#violation(this.#wrongId(answer.id, line), isTwice ? answer.id : undefined);
      return;
    }
    if (typeof answer.error === 'string') {
      this.#violation(`${oldest.about} was refused: ${quoted(answer.error)}`);
      return;
    }
    if (answer.result === undefined) {
      this.#violation(`${oldest.about} was answered with ${quoted(line)}: there is neither result nor error`);
      return;
    }
    this.#pending.shift();
    this.#answered++;
    // How long a process takes to start says nothing of an answer.
    if (oldest.patience === 1) this.#limit.answered();
    oldest.resolve(answer.result);
    this.#watch();
  }

  #wrongId(id: unknown, line: string): string {
    const waiting = this.#pending[0];
    const known = typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= this.#lastId;
    if (!known)
      return `${this.#oldest()} was answered with ${quoted(line)}: no request has the id ${quoted(id)}`;
    if (waiting === undefined || id < waiting.id) return `request ${id} was answered twice: ${quoted(line)}`;
    return `request ${id} was answered before ${waiting.about}: answers come in the order of the requests`;
  }

  #oldest(): string {
    return this.#pending[0]?.about ?? `request ${this.#lastId}, answered already,`;
  }

  /** The clock runs for the oldest request alone: a later one has to wait for it. */
  #watch(): void {
    this.#limit.begin();
    this.#wait();
  }

  #wait(): void {
    this.#stopWatch();
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    const limitMs = this.#limit.ms(oldest.patience);
    const answered = this.#answered;
    this.#timer = setTimeout(
      () => {
        // An answer may be there already, while this process was busy with something else.
        setImmediate(() => {
          if (this.#answered === answered && this.#timer !== null) this.#hang(limitMs);
        });
      },
      Math.max(0, limitMs - this.#limit.waitedMs),
    );
  }

  #stopWatch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #hang(limitMs: number): void {
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    this.#limit.hung();
    const partial = this.#partialLine === '' ? '' : `; an unfinished line came: ${quoted(this.#partialLine)}`;
    this.#fail('hang', `no answer to ${oldest.about} for ${Number((limitMs / 1000).toFixed(1))} s${partial}`);
  }

  #lose(how: string, exitCode: number | null = null): void {
    if (this.#end !== null) return;
    if (this.#farewell) this.kill();
    this.#fail(
      'crash',
      this.#pending.length === 0 ? how : `${how} before it answered ${this.#oldest()}`,
      exitCode,
    );
  }

  #fail(how: 'crash' | 'hang', what: string, exitCode: number | null = null): void {
    const said = this.#stderr.lastLines();
    const message = said === '' ? what : `${what}; last on its stderr: ${said}`;
    const lost = new SystemLost(how, message, said);
    lost.exitCode = exitCode;
    this.#endWith(lost);
  }

  #violation(what: string, requestId = this.#pending[0]?.id): void {
    const error = new AdapterError(`the adapter does not keep to the protocol: ${what}`);
    error.requestId = requestId ?? null;
    this.#endWith(error);
  }

  #endWith(error: Error): void {
    this.#end ??= error;
    this.kill();
    this.#refuseAll(this.#end);
  }

  #refuseAll(error: Error): void {
    const [oldest, ...others] = this.#pending.splice(0);
    oldest?.reject(error);
    for (const { about, reject } of others)
      reject(error instanceof AdapterError ? error : new Unanswered(about));
  }
}

/** How an error names a request. */
export function requestName(id: number, body: AnyBody): string {
  const what = body.request === 'run' ? `run of ${body.operations?.length ?? 0} operations` : body.request;
  return `request ${id} (${body.request === 'apply' ? `apply ${JSON.stringify(body.operation)}` : what})`;
}
