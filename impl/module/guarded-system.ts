/** A system that somebody wrote for this process, as one that can be lost, and that is asked one case after the other. */
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { Shown } from '../shown.ts';
import type { Capabilities } from '../capabilities.ts';
import { EnvironmentError } from '../environment-error.ts';
import { AdapterError } from '../exec/adapter-error.ts';
import { SystemLost } from '../system-lost.ts';
import type {
  AsyncSystem,
  BrokenAtEnd,
  Played,
  PlainSystem,
  PlayedOrNot,
  SentCase,
  Shows,
} from '../system.ts';
import { given } from './given.ts';
import { GuardedCalls } from './guarded-calls.ts';
import type { Watch } from './guarded-calls.ts';
import { isAsyncSystem } from './system-shape.ts';

/** `system` has the shape of one. */
export function guardSystem(system: PlainSystem | AsyncSystem, watch: Watch = {}): AsyncSystem {
  return isAsyncSystem(system) ? new GuardedAsyncSystem(system, watch) : new GuardedSystem(system, watch);
}

/** Plays whole cases at once: nothing has to be waited for but what it does beside its answers. */
class GuardedSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #system: PlainSystem;
  readonly #calls: GuardedCalls;
  #playing: Promise<unknown> = Promise.resolve();
  /** The operation of the case that is played. */
  #at = 0;

  constructor(system: PlainSystem, watch: Watch) {
    this.#system = system;
    this.#calls = new GuardedCalls(system, watch);
    ({ name: this.name, version: this.version, capabilities: this.capabilities } = this.#calls);
  }

  async load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    await this.#settled(() => this.#load(setup, operations));
  }

  apply(operation: Operation): Promise<Outcome> {
    return this.#settled(() => this.#apply(operation));
  }

  observe(): Promise<Shown> {
    return this.#settled(() => this.#observe('observe'));
  }

  /** Further cases may be sent before these are answered: they wait. */
  playAll(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]> {
    const played = this.#playing.then(() => this.#playInTurn(cases, shows));
    this.#playing = played.catch(() => {});
    return played;
  }

  async #playInTurn(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]> {
    const played: PlayedOrNot[] = [];
    for (const each of cases) {
      const answer = await this.#playOrNot(each, shows);
      played.push(answer);
      if (answer instanceof EnvironmentError) break;
    }
    return played;
  }

  accepts({ op }: Operation, _stages: readonly Stage[], _setup: Setup): boolean {
    return this.capabilities.operations.includes(op);
  }

  unload(): Promise<void> {
    return Promise.resolve();
  }

  async shutdown(): Promise<void> {
    this.#calls.close();
    this.#system.unload();
  }

  async #playOrNot(sent: SentCase, shows: Shows): Promise<PlayedOrNot> {
    try {
      return this.#calls.isWatched ? await this.#playWatched(sent, shows) : this.#play(sent, shows);
    } catch (error) {
      if (error instanceof AdapterError) error.operationIndex ??= this.#at;
      if (error instanceof SystemLost || error instanceof EnvironmentError) return error;
      throw error;
    }
  }

  #play({ setup, operations }: SentCase, shows: Shows): Played {
    this.#load(setup, operations);
    const outcomes: Outcome[] = [];
    const shown: Shown[] = [];
    for (const [index, operation] of operations.entries()) {
      this.#at = index;
      outcomes.push(this.#apply(operation));
      if (shows === 'each' || index === operations.length - 1)
        shown.push(this.#observe(`observe after ${JSON.stringify(operation)}`));
    }
    return { outcomes, shown };
  }

  /** What an operation does beside its answer is waited for after each. */
  async #playWatched({ setup, operations }: SentCase, shows: Shows): Promise<Played> {
    await this.load(setup, operations);
    const outcomes: Outcome[] = [];
    const shown: Shown[] = [];
    for (const [index, operation] of operations.entries()) {
      this.#at = index;
      await this.#settled(() => {
        outcomes.push(this.#apply(operation));
        if (shows === 'each' || index === operations.length - 1)
          shown.push(this.#observe(`observe after ${JSON.stringify(operation)}`));
      });
    }
    return { outcomes, shown };
  }

  /** What a call does beside its answer goes before what it throws: an exit that was kept from happening throws, too. */
  async #settled<Result>(act: () => Result): Promise<Result> {
    let result: Result;
    try {
      result = act();
    } catch (error) {
      await this.#calls.settle();
      throw error;
    }
    await this.#calls.settle();
    return result;
  }

  #load(setup: Setup, operations: readonly Operation[]): void {
    const copy = this.#calls.begin(setup, operations);
    this.#calls.now('load', () => this.#system.load(copy));
  }

  #apply(operation: Operation): Outcome {
    const about = `apply ${JSON.stringify(operation)}`;
    const copy = this.#calls.next(operation);
    return this.#calls.outcome(
      about,
      this.#calls.now(about, () => this.#system.apply(copy)),
    );
  }

  #observe(about: string): Shown {
    const nodes = this.#calls.now(about, () => this.#system.observe());
    return this.#calls.shown(about, { nodes });
  }
}

/** One operation after the other. */
class GuardedAsyncSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #system: AsyncSystem;
  readonly #calls: GuardedCalls;

  constructor(system: AsyncSystem, watch: Watch) {
    this.#system = system;
    this.#calls = new GuardedCalls(system, watch);
    ({ name: this.name, version: this.version, capabilities: this.capabilities } = this.#calls);
  }

  load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    const copy = this.#calls.begin(setup, operations);
    return this.#calls.later('load', () => this.#system.load(copy, given(operations)));
  }

  async apply(operation: Operation): Promise<Outcome> {
    const about = `apply ${JSON.stringify(operation)}`;
    const copy = this.#calls.next(operation);
    return this.#calls.outcome(about, await this.#calls.later(about, () => this.#system.apply(copy)));
  }

  async observe(): Promise<Shown> {
    return this.#calls.shown('observe', await this.#calls.later('observe', () => this.#system.observe()));
  }

  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean {
    if (!this.capabilities.operations.includes(operation.op)) return false;
    return this.#calls.now('accepts', () => this.#system.accepts(operation, stages, setup));
  }

  async finish(): Promise<BrokenAtEnd | null> {
    if (this.#system.finish === undefined) {
      await this.unload();
      return null;
    }
    return this.#calls.end(await this.#calls.later('finish', async () => this.#system.finish?.()));
  }

  unload(): Promise<void> {
    return this.#calls.later('unload', () => this.#system.unload());
  }

  async shutdown(): Promise<void> {
    this.#calls.close();
    await this.#system.shutdown();
  }
}
