/** The process of a worker as the one sees it that has started it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { ErrorTail } from '../../impl/exec/error-tail.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import { holdGroup, killGroup } from '../../impl/held/guard.ts';
import { receivedError, STOP } from './messages.ts';
import type { Answer, Asked } from './messages.ts';
import { inliningFlags } from './inlining.ts';

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A worker whose system does not say goodbye by then is killed with it. */
const GOODBYE_MS = 1000;
/** What a worker that was broken off has played by then still counts. */
const STOP_MS = 250;

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #stderr: ErrorTail | null;
  readonly #pending: Pending[] = [];
  readonly #gone: Promise<void>;
  #release = (): void => {};
  /** Why nothing can be asked any more. */
  #end: Error | null = null;
  #isStopped = false;

  constructor() {
    const isBuilt = import.meta.url.endsWith('.js');
    const entry = fileURLToPath(new URL(isBuilt ? 'worker.js' : 'worker.ts', import.meta.url));
    const loader = isBuilt ? [] : ['--import', import.meta.resolve('tsx')];
    // A process group of its own: Ctrl-C at the terminal is for the one that asks alone.
    this.#child = fork(entry, [], {
      detached: true,
      serialization: 'advanced',
      execArgv: [...inliningFlags(process.argv.slice(2)), ...loader],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { pid, stderr } = this.#child;
    if (pid !== undefined) this.#release = holdGroup(pid);
    this.#stderr = stderr === null ? null : new ErrorTail(stderr);
    this.#child.on('message', (message) => {
      if (!(message instanceof Uint8Array)) return;
      const answer: Answer = deserialize(message);
      const asked = this.#pending.shift();
      if (answer.kind === 'failed') asked?.reject(receivedError(answer.error));
      else asked?.resolve(answer);
    });
    this.#child.on('error', (error) => this.#lose(`a worker cannot be started: ${error.message}`));
    this.#gone = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#lose(`a worker has ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`);
        this.#release();
        resolve();
      });
      this.#child.on('error', () => resolve());
    });
  }

  /** Rejects with what the worker failed by; with an `EnvironmentError` where it is lost, `Interrupted` where it was ended. */
  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) {
        reject(this.#end);
        return;
      }
      this.#pending.push({ resolve, reject });
      this.#child.send(serialize(asked), () => {});
    });
  }

  /** What it is at is broken off: it answers soon with what it has, or not at all. */
  stop(): void {
    if (this.#end !== null || this.#isStopped) return;
    this.#isStopped = true;
    this.#child.send(STOP, () => {});
    setTimeout(() => this.#endWith(new Interrupted()), STOP_MS).unref();
  }

  /**
   * Nothing is waited for any more. Resolves when the process is gone, or at once where it was broken off: results are to be
   * written then. `failures` is where it may have noted its cases.
   */
  async leave(failures: string | null): Promise<void> {
    this.#endWith(new Interrupted());
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (this.#isStopped) killGroup(pid);
    else await this.#goodbye(pid);
    if (failures === null) return;
    const note = join(failures, 'in-hand', `${pid}.json`);
    for (const path of [note, `${note}.new`]) rmSync(path, { force: true });
  }

  async #goodbye(pid: number): Promise<void> {
    if (this.#child.connected) this.#child.send(serialize({ kind: 'bye' } satisfies Asked), () => {});
    const late = setTimeout(() => killGroup(pid), GOODBYE_MS);
    await this.#gone;
    clearTimeout(late);
  }

  /** At once. */
  kill(): void {
    this.#isStopped = true;
    this.#endWith(new Interrupted());
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
  }

  #lose(what: string): void {
    const said = this.#stderr?.lastLines() ?? '';
    const last = said === '' ? '' : `; last on its stderr: ${said}`;
    this.#endWith(new EnvironmentError(`${what}, and what it was at is not known${last}`));
  }

  #endWith(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#end);
  }
}
