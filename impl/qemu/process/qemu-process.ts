/** One `qemu-system-x86_64 -machine none` with its QMP connection and its NBD server. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EnvironmentError } from '../../environment-error.ts';
import { BEGUN_BY_A_LINE, holdGroup, killGroup } from '../../held/guard.ts';
import { askForGraph, describeGraph } from './graph-shape.ts';
import type { BlockGraphShown } from './graph-shape.ts';
import { isOfQemu, QemuLost } from '../watch/qemu-lost.ts';
import type { ErrorOfQemu } from '../watch/qemu-lost.ts';
import { StallWatch } from '../watch/stall-watch.ts';
import { QmpClient } from './qmp-client.ts';
import { listenForQmp } from './qmp-link.ts';
import type { QmpTransport } from './qmp-link.ts';
import { understood } from './understood.ts';

export interface QemuProcessOptions {
  readonly binary: string;
  /** Where the sockets lie; must exist. */
  readonly directory: string;
  /** How long QEMU may leave anything unanswered before it counts as hung. */
  readonly stallMs: number;
  /** Whether the binary must have the replication driver and is not known to have it. */
  readonly replicates: boolean;
  readonly transport: QmpTransport;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const commandsSchema = z.array(z.object({ name: z.string() }));
const STDERR_CHARACTERS_MAX = 100_000;

/** What a process that has ended wrote on its error output arrives within so many milliseconds. */
const LAST_WORDS_MS = 300;

/** A process that hangs may still answer this within so many milliseconds. */
const GRAPH_MS = 500;
/** A process that starts greets within so many milliseconds. */
const GREETING_MS = 30_000;

/** What has closed its connections and could run is dead by then, or lives. */
const DEATH_MS = 1000;

export class QemuProcess {
  readonly qmp: QmpClient;
  /** The unix socket on which QEMU exports its nodes. */
  readonly nbdPath: string;
  /** The block graph as it was seen last. */
  graphSeen: BlockGraphShown | null = null;
  readonly #child: Child;

  private constructor(qmp: QmpClient, nbdPath: string, child: Child) {
    this.qmp = qmp;
    this.nbdPath = nbdPath;
    this.#child = child;
  }

  /** Rejects with `EnvironmentError`: a socket path is taken, or QEMU dies or misbehaves at start, or lacks replication. */
  static async start(options: QemuProcessOptions): Promise<QemuProcess> {
    const qmpPath = join(options.directory, 'qmp');
    const nbdPath = join(options.directory, 'nbd');
    for (const path of [qmpPath, nbdPath]) requireFree(path);
    const listener = await listenForQmp(options.transport, qmpPath);
    const child = new Child(options.binary, options.directory, listener.chardev);
    const silence = silenceOf(options.binary, listener.chardev);
    try {
      const link = await Promise.race([listener.link, child.failedToStart(), silence.tooLong]);
      const qmp = await Promise.race([QmpClient.begin(link, options.stallMs), child.failedToStart()]);
      // Datagrams do not say that nobody is there any more.
      void child.ended.then(() => qmp.lose('the process ended'));
      if (options.replicates) await requireReplication(qmp, options.binary);
      await qmp.execute('nbd-server-start', { addr: { type: 'unix', data: { path: nbdPath } } });
      child.forgetSaid();
      return new QemuProcess(qmp, nbdPath, child);
    } catch (error) {
      await child.kill();
      if (!isOfQemu(error)) throw error;
      throw new EnvironmentError(`${options.binary} cannot be used: at start: ${error.message}`);
    } finally {
      silence.stop();
      listener.close();
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it says from now on on its error output counts for the case that begins. */
  beginCase(): void {
    this.#child.forgetSaid();
    this.graphSeen = null;
  }

  /** What became of the process, which is dead afterwards. `held` are the requests that it waits for. */
  async explain(error: ErrorOfQemu, held: readonly string[]): Promise<QemuLost> {
    const ending = error.how === 'crash' ? await this.#child.endsSoon() : null;
    const context = ending === null ? await this.#situation(held) : [];
    if (ending === null) await this.#child.kill();
    const detail = ending === null ? error.message : `${describeEnding(ending)} (${error.message})`;
    const how = error.how === 'crash' && ending === null ? 'hangup' : error.how;
    return new QemuLost(how, detail, this.#child.stderr, context);
  }

  async #situation(held: readonly string[]): Promise<string[]> {
    const graph = await this.#graphNow();
    return [
      `requests held: ${held.length === 0 ? 'none' : held.join(', ')}`,
      ...(graph === null
        ? []
        : ['block graph as seen last:', ...describeGraph(graph).map((line) => `  ${line}`)]),
    ];
  }

  async #graphNow(): Promise<BlockGraphShown | null> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), GRAPH_MS);
    });
    const asked = askForGraph(this.qmp).catch(() => null);
    const now = await Promise.race([asked, tooLate]);
    clearTimeout(timer);
    return now ?? this.graphSeen;
  }

  /** What it said on its error output in this case. */
  get said(): string {
    return this.#child.stderr;
  }

  /** The signal that ended the process by itself, null while it runs or where it was no signal. */
  get diedOf(): NodeJS.Signals | null {
    return this.#child.ending?.signal ?? null;
  }

  async kill(): Promise<void> {
    this.qmp.close();
    await this.#child.kill();
  }
}

/** The child process; killed with this one. */
class Child {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ending>;
  #stderr = '';
  #ending: Ending | null = null;
  #spawnError: Error | null = null;

  /** QEMU is named after the directory, which says whose it is. */
  constructor(binary: string, directory: string, chardev: string) {
    this.#child = spawn(
      'sh',
      [
        '-c',
        `${BEGUN_BY_A_LINE} </dev/null`,
        'sh',
        binary,
        '-machine',
        'none',
        '-name',
        `guest=${directory.replaceAll(',', ',,')}`,
        '-nodefaults',
        '-display',
        'none',
        '-chardev',
        chardev,
        '-mon',
        'chardev=qmp,mode=control',
      ],
      // A process group of its own: Ctrl-C at a terminal must not reach it, or the run would end as a crash.
      { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    const { pid, stdin } = this.#child;
    const forget = pid === undefined ? () => {} : holdGroup(pid);
    stdin?.on('error', () => {});
    stdin?.end('begin\n');
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS_MAX);
    });
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        forget();
        this.#ending ??= { code, signal };
        resolve(this.#ending);
      };
      // 'close' comes after 'exit' and after the last of stderr, which a process that it has left behind may keep open.
      this.#child.on('close', end);
      this.#child.on('exit', (code, signal) => setTimeout(() => end(code, signal), LAST_WORDS_MS).unref());
      this.#child.on('error', (error) => {
        this.#spawnError = error;
        if (this.#child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderr(): string {
    return this.#stderr;
  }

  forgetSaid(): void {
    this.#stderr = '';
  }

  get ending(): Ending | null {
    return this.#ending;
  }

  /** Rejects when the child ends; never resolves. */
  async failedToStart(): Promise<never> {
    const ending = await this.ended;
    const lastLine = this.#spawnError?.message ?? this.#stderr.trim().split('\n').at(-1) ?? '';
    throw new EnvironmentError(
      `QEMU died at start (${describeEnding(ending)}): ${lastLine || 'it said nothing'}; run it by hand to see why`,
    );
  }

  /** Its ending, if it comes within a second: a dying process closes its sockets a little before it can be reaped. */
  async endsSoon(): Promise<Ending | null> {
    let giveUp = (): void => {};
    const tooLate = new Promise<null>((resolve) => {
      giveUp = () => resolve(null);
    });
    const watch = new StallWatch(DEATH_MS, giveUp);
    watch.begin();
    const ending = await Promise.race([this.ended, tooLate]);
    watch.stop();
    return ending;
  }

  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (this.#ending === null && pid !== undefined) killGroup(pid);
    await this.ended;
  }
}

/** Nothing may come over QMP, for instance where a firewall keeps datagrams from this machine to itself. */
function silenceOf(binary: string, chardev: string): { tooLong: Promise<never>; stop: () => void } {
  let giveUp = (): void => {};
  const tooLong = new Promise<never>((_, reject) => {
    giveUp = () =>
      reject(
        new EnvironmentError(
          `${binary} runs and does not greet over QMP; see that it can reach \`-chardev ${chardev}\``,
        ),
      );
  });
  const watch = new StallWatch(GREETING_MS, giveUp);
  watch.begin();
  return { tooLong, stop: () => watch.stop() };
}

function describeEnding(ending: Ending): string {
  return ending.signal === null ? `exit code ${ending.code}` : `signal ${ending.signal}`;
}

function requireFree(path: string): void {
  if (existsSync(path)) {
    throw new EnvironmentError(
      `socket path ${path} is in use; name another directory or remove what is left there`,
    );
  }
}

async function requireReplication(qmp: QmpClient, binary: string): Promise<void> {
  const query = 'query-commands';
  const commands = understood(commandsSchema, await qmp.execute(query), query);
  if (commands.some((command) => command.name === 'xen-set-replication')) return;
  throw new EnvironmentError(
    `${binary} was built without the replication driver; use a build with --enable-replication`,
  );
}
