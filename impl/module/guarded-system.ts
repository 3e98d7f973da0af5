/**
 * A system that somebody wrote for this process, as one that can be lost: what it throws is a crash like that of a
 * process, and what is no answer ends the run with one line that names the operation.
 */
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { ObservationPart, Shown } from '../shown.ts';
import type { Capabilities } from '../capabilities.ts';
import { EnvironmentError } from '../environment-error.ts';
import { AdapterError } from '../exec/adapter-error.ts';
import { thrownText } from '../told-text.ts';
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
import { endProblem, nodesProblem, outcomeProblem } from './answer-check.ts';
import { isAsyncSystem } from './system-shape.ts';

/** `system` has the shape of one. */
export function guardSystem(system: PlainSystem | AsyncSystem): AsyncSystem {
  return isAsyncSystem(system) ? new GuardedAsyncSystem(system) : new GuardedSystem(system);
}

/** Plays whole cases at once: nothing has to be waited for. */
class GuardedSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #system: PlainSystem;
  #setup: Setup = { nodes: [] };

  constructor(system: PlainSystem) {
    this.#system = system;
    this.name = system.name;
    this.version = system.version ?? '';
    this.capabilities = system.capabilities;
  }

  async load(setup: Setup): Promise<void> {
    this.#load(setup);
  }

  async apply(operation: Operation): Promise<Outcome> {
    return this.#apply(operation);
  }

  async observe(): Promise<Shown> {
    return this.#observe('the last operation');
  }

  async playAll(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]> {
    const played: PlayedOrNot[] = [];
    for (const each of cases) {
      const answer = this.#playOrNot(each, shows);
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
    this.#system.unload();
  }

  #playOrNot(sent: SentCase, shows: Shows): PlayedOrNot {
    try {
      return this.#play(sent, shows);
    } catch (error) {
      if (error instanceof SystemLost || error instanceof EnvironmentError) return error;
      throw error;
    }
  }

  #play({ setup, operations }: SentCase, shows: Shows): Played {
    this.#load(setup);
    const outcomes: Outcome[] = [];
    const shown: Shown[] = [];
    for (const [index, operation] of operations.entries()) {
      outcomes.push(naming(index, () => this.#apply(operation)));
      if (shows === 'last' && index < operations.length - 1) continue;
      shown.push(naming(index, () => this.#observe(JSON.stringify(operation))));
    }
    return { outcomes, shown };
  }

  #load(setup: Setup): void {
    this.#setup = setup;
    guarded('load', () => this.#system.load(setup));
  }

  #apply(operation: Operation): Outcome {
    const about = `apply ${JSON.stringify(operation)}`;
    return checkedOutcome(
      this.name,
      about,
      guarded(about, () => this.#system.apply(operation)),
    );
  }

  #observe(after: string): Shown {
    const about = `observe after ${after}`;
    const nodes = guarded(about, () => this.#system.observe());
    return checkedShown(this, about, { nodes }, this.#setup);
  }
}

/** One operation after the other. */
class GuardedAsyncSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #system: AsyncSystem;
  #setup: Setup = { nodes: [] };

  constructor(system: AsyncSystem) {
    this.#system = system;
    this.name = system.name;
    this.version = system.version ?? '';
    this.capabilities = system.capabilities;
  }

  load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    this.#setup = setup;
    return guardedLater('load', () => this.#system.load(setup, operations));
  }

  async apply(operation: Operation): Promise<Outcome> {
    const about = `apply ${JSON.stringify(operation)}`;
    return checkedOutcome(this.name, about, await guardedLater(about, () => this.#system.apply(operation)));
  }

  async observe(): Promise<Shown> {
    const shown = await guardedLater('observe', () => this.#system.observe());
    return checkedShown(this, 'observe', shown, this.#setup);
  }

  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean {
    return (
      this.capabilities.operations.includes(operation.op) && this.#system.accepts(operation, stages, setup)
    );
  }

  async finish(): Promise<BrokenAtEnd | null> {
    if (this.#system.finish === undefined) {
      await this.unload();
      return null;
    }
    const broken = (await guardedLater('finish', async () => this.#system.finish?.())) ?? null;
    const problem = endProblem(broken);
    if (problem !== null) throw new AdapterError(`${this.name} answers finish with ${problem}`);
    return broken;
  }

  unload(): Promise<void> {
    return guardedLater('unload', () => this.#system.unload());
  }

  shutdown(): Promise<void> {
    return this.#system.shutdown();
  }
}

function guarded<Result>(about: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw lossOf(about, error);
  }
}

async function guardedLater<Result>(about: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw lossOf(about, error);
  }
}

function lossOf(about: string, error: unknown): Error {
  if (error instanceof SystemLost || error instanceof EnvironmentError) return error;
  return new SystemLost('crash', `it threw in ${about}: ${thrownText(error)}`);
}

function checkedOutcome(name: string, about: string, outcome: Outcome): Outcome {
  const problem = outcomeProblem(outcome);
  if (problem === null) return outcome;
  throw new AdapterError(`${name} answers ${about} with ${problem}`);
}

function checkedShown(
  { name, capabilities }: { readonly name: string; readonly capabilities: Capabilities },
  about: string,
  shown: Shown,
  setup: Setup,
): Shown {
  const observes: readonly ObservationPart[] = capabilities.observes;
  const problem = nodesProblem(shown.nodes, observes, setup);
  if (problem === null) return shown;
  throw new AdapterError(`${name} declares ${observes.join(', ')}, but ${about} shows ${problem}`);
}

/** The error says at which operation of a case it came up. */
function naming<Result>(index: number, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof AdapterError) error.operationIndex ??= index;
    throw error;
  }
}
