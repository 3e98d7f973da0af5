/** What the process of a module answers to each request: as the protocol has it, or what became of the case instead. */
import { writeSync } from 'node:fs';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import { EnvironmentError } from '../environment-error.ts';
import { AdapterError } from '../exec/adapter-error.ts';
import { observableParts } from '../exec/answer-code.ts';
import { PROTOCOL_VERSION } from '../exec/protocol.ts';
import type { Shown } from '../shown.ts';
import type { AsyncSystem, Shows } from '../system.ts';
import { SystemLost } from '../system-lost.ts';
import { thrownText } from '../printed-text.ts';
import type { Beside } from './hosted-system.ts';

const ANSWERS = 4;

/** Is written when this returns, whatever happens to the process then. */
export function say(id: unknown, result: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify({ id, result })}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(ANSWERS, bytes, at);
}

/** As colocheck itself sends them. */
type Asked =
  | { readonly request: 'hello' | 'observe' | 'finish' | 'unload' | 'bye' }
  | { readonly request: 'load'; readonly setup: Setup; readonly operations?: readonly Operation[] }
  | { readonly request: 'apply'; readonly operation: Operation; readonly stages?: readonly Stage[] }
  | {
      readonly request: 'run';
      readonly setup: Setup;
      readonly operations: readonly Operation[];
      readonly observe: Shows;
    };

export class HostAnswers {
  readonly #system: AsyncSystem;
  #setup: Setup = { nodes: [] };

  constructor(system: AsyncSystem) {
    this.#system = system;
  }

  async to(asked: object): Promise<unknown> {
    try {
      return isAsked(asked) ? await this.#answer(asked) : null;
    } catch (error) {
      return besideOf(error);
    }
  }

  async #answer(asked: Asked): Promise<unknown> {
    const system = this.#system;
    switch (asked.request) {
      case 'hello':
        return this.#hello();
      case 'load':
        this.#setup = asked.setup;
        await system.load(asked.setup, asked.operations ?? []);
        return null;
      case 'apply': {
        const { operation, stages } = asked;
        if (stages !== undefined && !system.accepts(operation, stages, this.#setup)) return { leftOut: true };
        return encodeOutcome(await system.apply(operation));
      }
      case 'observe':
        return this.#encodeShown(await system.observe());
      case 'run':
        return this.#run(asked);
      case 'finish':
        return system.finish?.() ?? null;
      case 'unload':
        await system.unload();
        return null;
      case 'bye':
        await system.shutdown();
        return null;
    }
  }

  #hello() {
    const { name, version = '', capabilities } = this.#system;
    const { commit, joinsCommitUnits: _joins, ...rest } = capabilities;
    return {
      protocol: PROTOCOL_VERSION,
      name,
      version,
      capabilities: {
        ...rest,
        commit: commit === 'stepped' ? 'stepped' : 'settled',
        run: 'playAll' in this.#system,
      },
    };
  }

  async #run({ setup, operations, observe }: Extract<Asked, { request: 'run' }>): Promise<unknown> {
    const [played] = (await this.#system.playAll?.([{ setup, operations }], observe)) ?? [];
    if (played === undefined || played instanceof Error) return besideOf(played);
    return {
      outcomes: played.outcomes.map(encodeOutcome),
      observations: played.shown.map((shown) => this.#encodeShown(shown)),
    };
  }

  #encodeShown({ nodes }: Shown): unknown {
    const { observes } = this.#system.capabilities;
    const parts = observableParts.filter((part) => observes.includes(part));
    const inOrder = observes.flatMap((part) => parts.filter((known) => known === part));
    return nodes.map((node) =>
      inOrder.map((part) =>
        part === 'view' && node.view !== undefined ? encodeOutcome(node.view) : node[part],
      ),
    );
  }
}

function isAsked(asked: object): asked is Asked {
  return 'request' in asked;
}

function besideOf(error: unknown): Beside {
  if (error instanceof SystemLost)
    return { lost: { how: error.how, detail: error.message, index: error.answeredCount ?? 0 } };
  if (error instanceof AdapterError)
    return { broken: { message: error.message, index: error.operationIndex } };
  if (error instanceof EnvironmentError) return { missing: error.message };
  return {
    missing: `the process of the module failed, which is a defect of colocheck: ${thrownText(error)}`,
  };
}

function encodeOutcome(outcome: Outcome): unknown {
  switch (outcome.kind) {
    case 'ok':
      return 'ok';
    case 'data':
      return outcome.tags;
    case 'errno':
      return outcome.errno;
    case 'error':
      return { error: outcome.message };
    case 'status':
      return { status: outcome.error };
    case 'abort':
      return { abort: outcome.rule };
  }
}
