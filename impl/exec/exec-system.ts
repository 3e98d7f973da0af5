/** An implementation in a process of its own, in whatever language, as a system under test: see PROTOCOL.md. */
import type { z } from 'zod';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { Shown } from '../shown.ts';
import type { Capabilities } from '../capabilities.ts';
import { AnswerLimit } from '../held/answer-limit.ts';
import { SystemLost } from '../system-lost.ts';
import type { AsyncSystem, Patience } from '../system.ts';
import { bounded } from '../printed-text.ts';
import { AdapterError, MalformedAnswer } from './adapter-error.ts';
import { decodeOutcome, decodeShown } from './answer-code.ts';
import type { ObservablePart } from './answer-code.ts';
import { LineClient, requestName } from './line-client.ts';
import { encodeOperation } from './operation-code.ts';
import { capabilitiesOf, helloResult, PROTOCOL_VERSION } from './protocol.ts';
import type { AnyBody, Hello, RequestBody } from './protocol.ts';

/** Of the name and of the version that an adapter has. */
const NAME_CHARACTERS = 100;
/** All that can be declared takes a tenth of it. */
const HELLO_CHARACTERS_MAX = 65_536;
export const TIMEOUT_MS = 10_000;

/** How a process is started and talked to; what a process of ours says beside the protocol, it says in a dialect. */
export interface Dialect {
  /** How errors call the process. */
  readonly called: string;
  operation(operation: Operation): unknown;
  /** `value` as the protocol has it, or throws what it stands for: `SystemLost` or an `EnvironmentError`. */
  result(value: unknown): unknown;
  /** What is known beside of how the process was lost. */
  lost(error: SystemLost): SystemLost;
  nameOf(hello: Hello): string;
}

export type Comparison = Extract<RequestBody, { readonly request: 'hello' }>['comparison'];

/** That of adapters. */
export function plainDialect(command: string): Dialect {
  return {
    called: `exec:${command}`,
    operation: encodeOperation,
    result: (value) => value,
    lost: (error) => error,
    nameOf: ({ name, version }) =>
      version === ''
        ? bounded(name, NAME_CHARACTERS)
        : `${bounded(name, NAME_CHARACTERS)} ${bounded(version, NAME_CHARACTERS)}`,
  };
}

/** A process that is there when it is needed: after a loss the next request starts another. */
export class Connection {
  readonly dialect: Dialect;
  readonly #command: string;
  readonly #limit: AnswerLimit;
  readonly #comparison: Comparison;
  #client: LineClient | null = null;
  #first: string | null = null;

  constructor(
    command: string,
    timeoutMs: number,
    comparison: Comparison,
    dialect: Dialect = plainDialect(command),
  ) {
    this.dialect = dialect;
    this.#command = command;
    this.#limit = new AnswerLimit(timeoutMs);
    this.#comparison = comparison;
  }

  async open(): Promise<Hello> {
    this.#client = new LineClient({ command: this.#command, limit: this.#limit });
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
      const greeting: RequestBody = {
        request: 'hello',
        protocol: PROTOCOL_VERSION,
        comparison: this.#comparison,
      };
      answer = await client.ask(greeting);
    } catch (error) {
      if (!(error instanceof SystemLost)) throw error;
      throw new AdapterError(`${this.dialect.called} does not say hello: ${error.message}`);
    }
    if (JSON.stringify(answer).length > HELLO_CHARACTERS_MAX) {
      client.kill();
      throw new AdapterError(
        `the adapter does not keep to the protocol: request 1 (hello): it has more than ${HELLO_CHARACTERS_MAX} characters`,
      );
    }
    const { data, error } = helloResult.safeParse(this.#read(client, answer));
    if (data !== undefined) return data;
    client.kill();
    const problem = declaresNothing(answer) ? NOTHING_DECLARED : firstIssue(error);
    throw new AdapterError(`the adapter does not keep to the protocol: request 1 (hello): ${problem}`);
  }

  /** Throws where the process of ours says that it cannot go on. */
  #read(client: LineClient, answer: unknown): unknown {
    try {
      return this.dialect.result(answer);
    } catch (error) {
      client.kill();
      throw error;
    }
  }

  /** The process that is there, or a new one. */
  async client(): Promise<LineClient> {
    if (this.#client === null) await this.open();
    if (this.#client === null) throw new AdapterError('the system was shut down');
    return this.#client;
  }

  endure(patience: Patience, mostMs?: number): void {
    this.#limit.endure(patience, mostMs);
    this.#client?.hurry();
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
export class ExecSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly observes: readonly ObservablePart[];
  readonly connection: Connection;
  readonly #operations: ReadonlySet<OperationName>;
  #setup: Setup = { nodes: [] };

  constructor(connection: Connection, hello: Hello) {
    this.version = bounded(hello.version, NAME_CHARACTERS);
    this.name = connection.dialect.nameOf(hello);
    this.connection = connection;
    this.capabilities = capabilitiesOf(hello);
    this.observes = hello.capabilities.observes;
    this.#operations = new Set(this.capabilities.operations);
  }

  async load(setup: Setup, _operations: readonly Operation[]): Promise<void> {
    await this.begin({ request: 'load', setup });
  }

  protected async begin(body: AnyBody & { readonly setup: Setup }): Promise<void> {
    this.#setup = body.setup;
    await this.ask(body, () => null);
  }

  apply(operation: Operation): Promise<Outcome> {
    return this.ask(
      { request: 'apply', operation: this.connection.dialect.operation(operation) },
      decodeOutcome,
    );
  }

  observe(): Promise<Shown> {
    return this.ask({ request: 'observe' }, (value) => decodeShown(value, this.observes, this.#setup));
  }

  accepts({ op }: Operation, _stages: readonly Stage[], _setup: Setup): boolean {
    return this.#operations.has(op);
  }

  unload(): Promise<void> {
    return Promise.resolve();
  }

  /** The next request starts a process. */
  renew(): Promise<void> {
    return this.connection.close();
  }

  endure(patience: Patience, mostMs?: number): void {
    this.connection.endure(patience, mostMs);
  }

  shutdown(): Promise<void> {
    return this.connection.close();
  }

  protected async ask<Result>(body: AnyBody, decode: (value: unknown) => Result): Promise<Result> {
    const client = await this.connection.client();
    const { dialect } = this.connection;
    try {
      const answer = client.ask(body);
      const about = requestName(client.lastId, body);
      return decoded(await answer, about, (value) => decode(dialect.result(value)));
    } catch (error) {
      if (error instanceof SystemLost && !error.isProcessThere) {
        this.connection.forget(client);
        throw dialect.lost(error);
      }
      if (error instanceof AdapterError) client.distrust(error);
      throw error;
    }
  }
}

export function decoded<Result>(value: unknown, about: string, decode: (value: unknown) => Result): Result {
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
  return issue === undefined ? 'malformed' : bounded(`${issue.path.join('.')}: ${issue.message}`);
}
