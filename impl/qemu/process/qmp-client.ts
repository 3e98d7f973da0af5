/** The QEMU machine protocol: newline-delimited JSON, replies matched by id, events queued. */
import { z } from 'zod';
import { ConnectionLost, UnexpectedAnswer } from '../watch/qemu-lost.ts';
import type { QmpLink } from './qmp-link.ts';
import { StallWatch } from '../watch/stall-watch.ts';
import { firstProblem } from './understood.ts';

export type QmpArguments = Readonly<Record<string, unknown>>;

/** `desc` is the exact error string; the class is always GenericError for the commands of replication. */
export type QmpReply =
  | { readonly kind: 'return'; readonly value: unknown }
  | { readonly kind: 'error'; readonly desc: string };

export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

const versionSchema = z.object({ major: z.number(), minor: z.number(), micro: z.number() });
const greetingSchema = z.object({ QMP: z.object({ version: z.object({ qemu: versionSchema }) }) });
const messageSchema = z.record(z.string(), z.unknown());
const errorSchema = z.object({ id: z.number().optional(), error: z.object({ desc: z.string() }) });
const returnSchema = z.object({ id: z.number() });
const eventSchema = z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() });

/** Events that nobody waits for are forgotten beyond this many, oldest first. */
const EVENTS_MAX = 256;

/** A QEMU that is connected to reads byte by byte, at several system calls each: an id that is free again is used again. */
const SHORT_IDS = 9;

interface PendingCommand {
  readonly resolve: (reply: QmpReply) => void;
  readonly reject: (error: Error) => void;
}

interface EventWaiter extends PendingEvent {
  readonly accepts: (event: QmpEvent) => boolean;
}

interface PendingEvent {
  readonly resolve: (event: QmpEvent) => void;
  readonly reject: (error: Error) => void;
}

export class QmpClient {
  readonly #link: QmpLink;
  readonly #watch: StallWatch;
  readonly #pending = new Map<number, PendingCommand>();
  readonly #events: QmpEvent[] = [];
  #waiters: EventWaiter[] = [];
  #greet: PendingGreeting | null;
  #version: QemuVersion = { major: 0, minor: 0, micro: 0 };
  #lost: Error | null = null;
  #id = 0;
  #partialLine = '';
  /** What is asked in one turn of the event loop is sent at once. */
  #unsent = '';

  private constructor(link: QmpLink, stallMs: number, greet: PendingGreeting) {
    this.#link = link;
    this.#greet = greet;
    this.#watch = new StallWatch(stallMs, () =>
      this.#fail(new ConnectionLost('hang', `QMP: no answer for ${stallMs} ms`)),
    );
    this.#watch.begin();
    link.receive(
      (text) => this.#receive(text),
      (reason) => this.lose(reason),
    );
  }

  /** Takes the greeting and leaves negotiation mode. Rejects where the peer does not speak QMP. */
  static async begin(link: QmpLink, stallMs: number): Promise<QmpClient> {
    const client = await new Promise<QmpClient>((resolve, reject) => {
      const made: QmpClient = new QmpClient(link, stallMs, { resolve: () => resolve(made), reject });
    });
    await client.execute('qmp_capabilities');
    return client;
  }

  /** As the greeting says it. */
  get version(): QemuVersion {
    return this.#version;
  }

  /** Several commands may be on the way; QEMU answers in order. Rejects with `ConnectionLost`. */
  ask(command: string, commandArguments?: QmpArguments): Promise<QmpReply> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) {
        reject(this.#lost);
        return;
      }
      const id = this.#freeId();
      this.#pending.set(id, { resolve, reject });
      this.#watch.begin();
      const message = { execute: command, id, ...(commandArguments && { arguments: commandArguments }) };
      this.#send(`${JSON.stringify(message)}\n`);
    });
  }

  /** Not that of the command before, whose answer could come twice. */
  #freeId(): number {
    let id = (this.#id % SHORT_IDS) + 1;
    while (this.#pending.has(id)) id++;
    this.#id = id;
    return id;
  }

  #send(line: string): void {
    if (this.#unsent === '')
      process.nextTick(() => {
        const lines = this.#unsent;
        this.#unsent = '';
        if (this.#lost === null) this.#link.send(lines);
      });
    this.#unsent += line;
  }

  /** Like `ask` where an error is not expected: it rejects with an `UnexpectedAnswer` that names the command. */
  async execute(command: string, commandArguments?: QmpArguments): Promise<unknown> {
    const reply = await this.ask(command, commandArguments);
    if (reply.kind === 'error') throw new UnexpectedAnswer('refusal', `QMP ${command}: ${reply.desc}`);
    return reply.value;
  }

  /** The first event, past or to come, that `accepts` takes; it is then consumed. */
  event(accepts: (event: QmpEvent) => boolean): Promise<QmpEvent> {
    const index = this.#events.findIndex(accepts);
    const [found] = index < 0 ? [] : this.#events.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) {
        reject(this.#lost);
        return;
      }
      this.#waiters.push({ accepts, resolve, reject });
      this.#watch.begin();
    });
  }

  /** The process is gone. */
  lose(reason: string): void {
    this.#fail(new ConnectionLost('crash', `QMP: ${reason}`));
  }

  close(): void {
    this.#fail(new Error('QMP: closed by this side'));
  }

  #receive(text: string): void {
    this.#watch.moved();
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#lost !== null) return;
      if (line.trim() !== '') this.#takeLine(line);
    }
  }

  #takeLine(line: string): void {
    try {
      const message = messageSchema.parse(JSON.parse(line));
      // A multiplexed device is opened last, and the machine may have begun to run before.
      if (this.#greet !== null && !('event' in message)) this.#takeGreeting(message, this.#greet);
      // A multiplexed device may be opened twice before anything is read from it.
      else if ('QMP' in message) return;
      else if ('event' in message) this.#takeEvent(eventSchema.parse(message));
      else if ('error' in message) this.#takeError(errorSchema.parse(message));
      else if ('return' in message) this.#take(returnSchema.parse(message).id, message['return']);
      else throw new Error('neither a reply nor an event');
    } catch (error) {
      const reason = error instanceof z.ZodError ? firstProblem(error) : String(error);
      const said = line.trim().slice(0, 200);
      this.#fail(new UnexpectedAnswer('nonsense', `QMP: cannot understand ${said}: ${reason}`));
    }
  }

  #takeGreeting(message: Record<string, unknown>, greet: PendingGreeting): void {
    this.#version = greetingSchema.parse(message).QMP.version.qemu;
    this.#greet = null;
    this.#watch.end();
    greet.resolve();
  }

  #takeError(message: z.infer<typeof errorSchema>): void {
    if (message.id === undefined) throw new Error(`error without id: ${message.error.desc}`);
    this.#settle(message.id, { kind: 'error', desc: message.error.desc });
  }

  #take(id: number, value: unknown): void {
    this.#settle(id, { kind: 'return', value });
  }

  #settle(id: number, reply: QmpReply): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new Error(`reply to a command never sent, id ${id}`);
    this.#pending.delete(id);
    this.#watch.end();
    pending.resolve(reply);
  }

  #takeEvent(event: QmpEvent): void {
    const waiter = this.#waiters.find((candidate) => candidate.accepts(event));
    if (waiter === undefined) {
      this.#events.push(event);
      if (this.#events.length > EVENTS_MAX) this.#events.shift();
      return;
    }
    this.#waiters = this.#waiters.filter((candidate) => candidate !== waiter);
    this.#watch.end();
    waiter.resolve(event);
  }

  #fail(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#watch.stop();
    this.#link.close();
    this.#greet?.reject(error);
    for (const pending of this.#pending.values()) pending.reject(error);
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#pending.clear();
    this.#waiters = [];
  }
}

interface PendingGreeting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
