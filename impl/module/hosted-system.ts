/** A module in a process of its own, as the run sees it: an adapter that also says what its process has seen of it. */
import { z } from 'zod';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import { EnvironmentError } from '../environment-error.ts';
import { AdapterError } from '../exec/adapter-error.ts';
import { decodeOutcome } from '../exec/answer-code.ts';
import { ExecSystem } from '../exec/exec-system.ts';
import type { Dialect } from '../exec/exec-system.ts';
import { LeftOut } from '../left-out.ts';
import type { BrokenAtEnd } from '../system.ts';
import { lossKinds, SystemLost } from '../system-lost.ts';
import { bounded } from '../printed-text.ts';
import { endProblem, isEnd } from './answer-check.ts';
import { notedStep } from './case-note.ts';

/** What stands in the place of a result. */
export const besideSchema = z.union([
  /** The case is lost; the process goes on with the next one. */
  z.strictObject({ lost: z.strictObject({ how: z.enum(lossKinds), detail: z.string(), index: z.int() }) }),
  /** An answer that is none: the run ends. */
  z.strictObject({ broken: z.strictObject({ message: z.string(), index: z.int().nullable() }) }),
  /** Something is missing that the system needs. */
  z.strictObject({ missing: z.string() }),
  /** The operation was not accepted. */
  z.strictObject({ leftOut: z.literal(true) }),
]);
export type Beside = z.infer<typeof besideSchema>;

/** What the process writes on its standard error before it ends itself. */
export const MEMORY_WORDS = 'colocheck ends the process of the module: it takes more memory than it may have';

const DETAIL_CHARACTERS = 3000;

/** `note` is where the process notes the case in hand. */
export function hostedDialect(path: string, note: string): Dialect {
  return {
    called: `module:${path}`,
    operation: (operation) => operation,
    result: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const beside = besideSchema.safeParse(value).data;
      if (beside !== undefined) throw errorOf(beside);
      return value;
    },
    lost: (error) => {
      const lost = new SystemLost(kindOf(error), error.message, error.stderr, error.context);
      lost.answeredCount = notedStep(note);
      return lost;
    },
    nameOf: ({ name }) => bounded(name, 100),
  };
}

function kindOf({ how, stderr, exitCode }: SystemLost): SystemLost['how'] {
  if (stderr.includes(MEMORY_WORDS) || stderr.includes('heap out of memory')) return 'memory';
  return how === 'crash' && exitCode !== null ? 'exit' : how;
}

function errorOf(beside: Beside): Error {
  if ('lost' in beside) {
    const { how, detail, index } = beside.lost;
    const lost = new SystemLost(how, bounded(detail, DETAIL_CHARACTERS));
    lost.answeredCount = index;
    lost.isProcessThere = true;
    return lost;
  }
  if ('broken' in beside)
    return new AdapterError(bounded(beside.broken.message, DETAIL_CHARACTERS), beside.broken.index);
  if ('missing' in beside) return new EnvironmentError(bounded(beside.missing, DETAIL_CHARACTERS));
  return new LeftOut();
}

/** One that must be waited for: it also says which operations it accepts, and what a case leaves. */
export class HostedSystem extends ExecSystem {
  #stages: readonly Stage[] = [];

  override load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    return this.begin({ request: 'load', setup, operations });
  }

  /** Whether the module accepts it shows when it is asked. */
  override accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean {
    this.#stages = stages;
    return super.accepts(operation, stages, setup);
  }

  override apply(operation: Operation): Promise<Outcome> {
    const stages = this.#stages;
    return this.ask({ request: 'apply', operation, stages }, decodeOutcome);
  }

  async finish(): Promise<BrokenAtEnd | null> {
    return this.ask({ request: 'finish' }, (value) => {
      if (isEnd(value)) return value;
      throw new AdapterError(`${this.name} answers finish with ${endProblem(value) ?? 'nothing'}`);
    });
  }

  override unload(): Promise<void> {
    return this.ask({ request: 'unload' }, () => undefined);
  }
}
