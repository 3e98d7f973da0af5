/** A system whose every question and answer is written to a log; it does what the system behind it does. */
import { SystemLost } from '../../impl/system-lost.ts';
import type { AsyncSystem, BrokenAtEnd } from '../../impl/system.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Shown } from '../../impl/shown.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { asyncSubject } from '../../properties/subjects/subject.ts';
import type { AsyncSubject } from '../../properties/subjects/subject.ts';
import { connectStepwise, settingsOf } from '../../properties/subjects/subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { LogFile } from './log-file.ts';
import { LOG_VERSION } from './log-schema.ts';

/** The system of that name, asked step by step. `shutdown` closes the log. Throws a `TraceError`, an `EnvironmentError`. */
export async function connectRecorded(
  name: string,
  options: SubjectOptions,
  path: string,
): Promise<AsyncSubject> {
  const log = new LogFile(path);
  try {
    const system = await connectStepwise(name, options);
    const comparison = options.comparison ?? 'qemu';
    const recording = new RecordingSystem(system, comparison, log);
    return asyncSubject(recording, name, comparison, settingsOf(name, options));
  } catch (error) {
    log.close();
    throw error;
  }
}

/** Whole cases are not played at once: what is shown is wanted after each step. */
export class RecordingSystem implements AsyncSystem {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #system: AsyncSystem;
  readonly #log: LogFile;
  /** It stands in one line with what is shown after it. */
  #answer: Outcome | null = null;

  constructor(system: AsyncSystem, comparison: ComparisonMode, log: LogFile) {
    this.#system = system;
    this.#log = log;
    this.name = system.name;
    this.version = system.version ?? '';
    this.capabilities = system.capabilities;
    const { control, commit } = system.capabilities;
    log.write({
      format: 'colocheck-log',
      version: LOG_VERSION,
      system: system.name,
      control,
      commit,
      comparison,
    });
  }

  async load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    this.#writeAnswer();
    this.#log.write({ setup });
    try {
      await this.#system.load(setup, operations);
    } catch (error) {
      // As in the run: what is lost while a case is loaded is reported at its first operation.
      const [operation] = operations;
      if (operation !== undefined) this.#log.write({ operation });
      throw this.#noted(error);
    }
  }

  async apply(operation: Operation): Promise<Outcome> {
    this.#writeAnswer();
    this.#log.write({ operation });
    try {
      this.#answer = await this.#system.apply(operation);
      return this.#answer;
    } catch (error) {
      throw this.#noted(error);
    }
  }

  async observe(): Promise<Shown> {
    try {
      const shown = await this.#system.observe();
      if (this.#answer !== null) this.#log.write({ answer: this.#answer, shown });
      this.#answer = null;
      return shown;
    } catch (error) {
      // A system that is lost while it is looked at has not come to the end of the step.
      this.#answer = null;
      throw this.#noted(error);
    }
  }

  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean {
    return this.#system.accepts(operation, stages, setup);
  }

  async finish(): Promise<BrokenAtEnd | null> {
    if (this.#system.finish === undefined) {
      await this.unload();
      return null;
    }
    this.#writeAnswer();
    try {
      return await this.#system.finish();
    } catch (error) {
      throw this.#noted(error, { atEnd: true });
    }
  }

  async unload(): Promise<void> {
    this.#writeAnswer();
    try {
      await this.#system.unload();
    } catch (error) {
      throw this.#noted(error, { atEnd: true });
    }
  }

  async renew(): Promise<void> {
    this.#writeAnswer();
    await this.#system.renew?.();
  }

  async shutdown(): Promise<void> {
    try {
      await this.#system.shutdown();
    } finally {
      this.#writeAnswer();
      this.#log.close();
    }
  }

  #writeAnswer(): void {
    if (this.#answer !== null) this.#log.write({ answer: this.#answer });
    this.#answer = null;
  }

  #noted(error: unknown, when: { readonly atEnd?: true } = {}): unknown {
    if (error instanceof SystemLost) {
      this.#log.write({ lost: { how: error.how, detail: error.message, ...when } });
    }
    return error;
  }
}
