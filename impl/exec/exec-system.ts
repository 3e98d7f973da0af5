/** An implementation in a process of its own, in whatever language, as a system under test: see PROTOCOL.md. */
import type { z } from 'zod';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { Shown } from '../shown.ts';
import type { Capabilities } from '../capabilities.ts';
import { EnvironmentError } from '../environment-error.ts';
import { SystemLost } from '../system-lost.ts';
import type { AsyncSystem, PlayedOrNot, SentCase, Shows } from '../system.ts';
import { told } from '../told-text.ts';
import { AdapterError, MalformedAnswer } from './adapter-error.ts';
import { decodeOutcome, decodeShown } from './answer-code.ts';
import type { ObservablePart } from './answer-code.ts';
import { LineClient, requestName, Unanswered } from './line-client.ts';
import { encodeOperation } from './operation-code.ts';
import { decodePlayed } from './played-code.ts';
import { capabilitiesOf, helloResult, PROTOCOL_VERSION } from './protocol.ts';
import type { Hello, RequestBody } from './protocol.ts';

/** Of the name and of the version that an adapter has. */
const NAME_CHARACTERS = 100;
export const TIMEOUT_MS = 10_000;

export interface ExecOptions {
  readonly command: string;
  readonly timeoutMs?: number;
  /** What the answers are judged by, which the adapter is told; left out: the real QEMU. */
  readonly comparison?: Comparison;
}

type Comparison = Extract<RequestBody, { readonly request: 'hello' }>['comparison'];

/** Starts the command and shakes hands. Rejects with `AdapterError` where that fails. */
export async function createExecSystem({
  command,
  timeoutMs = TIMEOUT_MS,
  comparison = 'qemu',
}: ExecOptions): Promise<AsyncSystem> {
  const connection = new Connection(command, timeoutMs, comparison);
  const hello = await connection.open();
  return hello.capabilities.run
    ? new BatchingExecSystem(connection, hello)
    : new ExecSystem(connection, hello);
}

/** A process that is there when it is needed: after a loss the next request starts another. */
class Connection {
  readonly #command: string;
  readonly #timeoutMs: number;
  readonly #comparison: Comparison;
  #client: LineClient | null = null;
  #first: string | null = null;

  constructor(command: string, timeoutMs: number, comparison: Comparison) {
    this.#command = command;
    this.#timeoutMs = timeoutMs;
    this.#comparison = comparison;
  }

  async open(): Promise<Hello> {
    this.#client = new LineClient({ command: this.#command, timeoutMs: this.#timeoutMs });
    const hello = await this.#shakeHands(this.#client);
    const text = JSON.stringify(hello);
    this.#first ??= text;
    if (text !== this.#first)
      throw new AdapterError(
        'the adapter does not keep to the protocol: a new process answers hello otherwise',
      );
    return hello;
  }

  async #shakeHands(client: LineClient): Promise<Hello> {
    let answer: unknown;
    try {
      answer = await client.ask({
        request: 'hello',
        protocol: PROTOCOL_VERSION,
        comparison: this.#comparison,
      });
    } catch (error) {
      if (!(error instanceof SystemLost)) throw error;
      throw new AdapterError(`exec:${this.#command} does not say hello: ${error.message}`);
    }
    const { data, error } = helloResult.safeParse(answer);
    if (data !== undefined) return data;
    client.kill();
    const problem = declaresNothing(answer) ? NOTHING_DECLARED : firstIssue(error);
    throw new AdapterError(`the adapter does not keep to the protocol: request 1 (hello): ${problem}`);
  }

  /** The process that is there, or a new one. */
  async client(): Promise<LineClient> {
    if (this.#client === null) await this.open();
    if (this.#client === null) throw new AdapterError('the system was shut down');
    return this.#client;
  }

  forget(lost: LineClient): void {
    if (this.#client === lost) this.#client = null;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.close();
  }
}

/** One operation after the other. */
class ExecSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly observes: readonly ObservablePart[];
  readonly connection: Connection;
  readonly #operations: ReadonlySet<OperationName>;
  #setup: Setup = { nodes: [] };

  constructor(connection: Connection, hello: Hello) {
    this.version = told(hello.version, NAME_CHARACTERS);
    const name = told(hello.name, NAME_CHARACTERS);
    this.name = hello.version === '' ? name : `${name} ${this.version}`;
    this.connection = connection;
    this.capabilities = capabilitiesOf(hello);
    this.observes = hello.capabilities.observes;
    this.#operations = new Set(this.capabilities.operations);
  }

  async load(setup: Setup): Promise<void> {
    this.#setup = setup;
    await this.#ask({ request: 'load', setup }, () => null);
  }

  apply(operation: Operation): Promise<Outcome> {
    return this.#ask({ request: 'apply', operation: encodeOperation(operation) }, decodeOutcome);
  }

  observe(): Promise<Shown> {
    return this.#ask({ request: 'observe' }, (value) => decodeShown(value, this.observes, this.#setup));
  }

  accepts({ op }: Operation, _stages: readonly Stage[], _setup: Setup): boolean {
    return this.#operations.has(op);
  }

  unload(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.connection.close();
  }

  async #ask<Result>(body: RequestBody, decode: (value: unknown) => Result): Promise<Result> {
    const client = await this.connection.client();
    try {
      const answer = client.ask(body);
      const about = requestName(client.lastId, body);
      return decoded(await answer, about, decode);
    } catch (error) {
      if (error instanceof SystemLost) this.connection.forget(client);
      if (error instanceof AdapterError) client.distrust(error);
      throw error;
    }
  }
}

type Answer = PlayedOrNot | Unanswered;

/** Whole cases, many on the way at once. */
class BatchingExecSystem extends ExecSystem {
  /** What was lost is played again one after the other: each case alone shows whether it was to blame. */
  #replays: Promise<unknown> = Promise.resolve();

  async playAll(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]> {
    const answers = await this.#send(cases, shows);
    if (!answers.some(isLost)) return toTheLast(answers);
    const again = this.#replays.then(() => this.#sendLostAgain(cases, answers, shows));
    this.#replays = again.catch(() => {});
    return toTheLast(await again);
  }

  async #send(cases: readonly SentCase[], shows: Shows): Promise<Answer[]> {
    const client = await this.connection.client();
    const bodies = cases.map(({ setup, operations }) => {
      const body = {
        request: 'run',
        setup,
        operations: operations.map(encodeOperation),
        observe: shows,
      } as const;
      return body;
    });
    const first = client.lastId + 1;
    const sent = client.askAll(bodies);
    return Promise.all(
      cases.map(async (each, index): Promise<Answer> => {
        const body = bodies[index] ?? { request: 'observe' };
        try {
          const played = await sent[index];
          return decoded(played, requestName(first + index, body), (value) =>
            decodePlayed(value, each, this.observes, shows),
          );
        } catch (error) {
          if (error instanceof SystemLost || error instanceof Unanswered) this.connection.forget(client);
          else if (error instanceof AdapterError) {
            client.distrust(error);
            // What was answered twice is an earlier case than the one that is waited for.
            if (error.requestId !== null) error.during ??= cases[error.requestId - first] ?? null;
          } else throw error;
          return error;
        }
      }),
    );
  }

  /** Where no case alone loses the process, the first that was not answered is told to have lost it. */
  async #sendLostAgain(
    cases: readonly SentCase[],
    answers: readonly Answer[],
    shows: Shows,
  ): Promise<readonly Answer[]> {
    const results: Answer[] = [];
    for (const [index, answer] of answers.entries()) {
      const sent = cases[index];
      const isSure = !isLost(answer) || (cases.length === 1 && answer instanceof SystemLost);
      results.push(isSure || sent === undefined ? answer : await this.#alone(sent, shows));
    }
    if (results.some(isLost)) return results;
    return results.map((result, index) => {
      const answer = answers[index];
      return answer instanceof SystemLost ? answer : result;
    });
  }

  async #alone(sent: SentCase, shows: Shows): Promise<Answer> {
    for (;;) {
      const [answer] = await this.#send([sent], shows);
      if (answer !== undefined && !(answer instanceof Unanswered)) return answer;
    }
  }
}

function isLost(answer: Answer): boolean {
  return answer instanceof SystemLost || answer instanceof Unanswered;
}

/** Up to the first sign that nothing can be believed. */
function toTheLast(answers: readonly Answer[]): readonly PlayedOrNot[] {
  const believed: PlayedOrNot[] = [];
  for (const answer of answers) {
    if (!(answer instanceof Unanswered)) believed.push(answer);
    if (answer instanceof EnvironmentError) break;
  }
  return believed;
}

function decoded<Result>(value: unknown, about: string, decode: (value: unknown) => Result): Result {
  try {
    return decode(value);
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error;
    const { operationIndex } = error;
    throw new AdapterError(
      `the adapter does not keep to the protocol: ${about}: ${error.message}`,
      operationIndex,
    );
  }
}

const NOTHING_DECLARED =
  'capabilities.operations: it declares nothing: declare operations (open, start, close, and the requests that it understands), observes, modes and geometry, as impl/exec/PROTOCOL.md says';

function declaresNothing(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const given = 'capabilities' in answer ? answer.capabilities : undefined;
  if (typeof given !== 'object' || given === null || !('operations' in given)) return true;
  return Array.isArray(given.operations) && given.operations.length === 0;
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? 'malformed' : told(`${issue.path.join('.')}: ${issue.message}`);
}
