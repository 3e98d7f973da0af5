/** The systems under test that a command line can name. */
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { createExecSystem } from '../../impl/exec/connect-exec.ts';
import { createDriverSystem } from '../../impl/driver/driver-system.ts';
import { interruptible } from '../../impl/held/interruptible-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { createInProcessModuleSystem, createModuleSystem } from '../../impl/module/module-system.ts';
import type { AsyncSystem, System } from '../../impl/system.ts';
import { qemuVersion } from '../../impl/qemu/process/qemu-binary.ts';
import { connectQemuSystem } from '../../impl/qemu/connect-qemu.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { inFlightMutants } from '../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { createInFlightMutant } from '../../impl/mutants/in-flight/in-flight-mutant.ts';
import { createMutant, mutantSystemName } from '../../impl/mutants/mutant.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { didYouMean } from '../jobs/nearest-names.ts';
import { versionsHere } from '../jobs/versions.ts';
import { asyncSubject, syncSubject } from './subject.ts';
import type { Subject } from './subject.ts';

/** `mutant:...` is the efficient implementation with one thing broken on purpose, to see what a failure looks like. */
export const subjectNames = [
  'impl',
  'qemu',
  ...mutants.map(mutantSystemName),
  // Wrong only where requests overlap.
  ...inFlightMutants.map(mutantSystemName),
];

const MUTANT = 'mutant:';

/** `exec:COMMAND` is an implementation in a process of its own: see impl/exec/PROTOCOL.md. */
const EXEC = 'exec:';

/** `module:FILE` is one that the default export of a module creates. */
const MODULE = 'module:';

/** `driver:PATH` is QEMU's own C file, from a tree or alone: see docs/driver.md. */
const DRIVER = 'driver:';

export interface SubjectOptions {
  /** Path or name of the QEMU binary; undefined looks for `qemu-system-x86_64` on the PATH. */
  readonly qemuBinary?: string;
  /** What its answers are judged by; left out: the real binary. */
  readonly comparison?: ComparisonMode;
  /** A module is run in this process. */
  readonly inProcess?: boolean;
  /** How long a process behind `exec:` or of a module may take to answer. */
  readonly timeoutMs?: number;
  /** When it aborts, no answer of a system is waited for any longer; left out: the user is never heard. */
  readonly signal?: AbortSignal;
  /** Receives in one line what a system cannot be given that others can; left out: nobody does. */
  readonly tell?: (line: string) => void;
}

/** What a command line must say beside `--system NAME` to have the same system again. */
export function settingsOf(
  name: string,
  { qemuBinary, timeoutMs, inProcess }: SubjectOptions,
): readonly string[] {
  if (name === 'qemu') return qemuBinary === undefined ? [] : ['--qemu', qemuBinary];
  if (!isOfUser(name)) return [];
  const timeout = timeoutMs === undefined ? [] : ['--timeout', String(timeoutMs / 1000)];
  return inProcess === true ? [...timeout, '--in-process'] : timeout;
}

/** `qemu:PATH` is a binary of its own, beside `--qemu`: several can be named at once. */
const QEMU = 'qemu:';

export function isQemu(name: string): boolean {
  return name === 'qemu' || name.startsWith(QEMU);
}

/** The binary that a name says, or the options. */
export function withBinary(name: string, options: SubjectOptions): SubjectOptions {
  return name.startsWith(QEMU) ? { ...options, qemuBinary: name.slice(QEMU.length) } : options;
}

/** Why a command line cannot name one of these systems, or a command, so; null when it can. */
export function nameProblem(name: string, names: readonly string[]): string | null {
  if (name.startsWith(EXEC)) {
    return name.slice(EXEC.length).trim() === ''
      ? 'exec: needs a command, as in "exec:python3 mine.py"'
      : null;
  }
  if (name.startsWith(MODULE))
    return name === MODULE ? 'module: needs a file, as in module:./my-system.ts' : null;
  if (name.startsWith(QEMU)) return name === QEMU ? 'qemu: needs the path of a binary' : null;
  if (isDriver(name)) {
    return name === DRIVER ? 'driver: needs a file or a tree of QEMU, as in driver:./qemu' : null;
  }
  if (names.includes(name)) return null;
  const near = didYouMean(name, names);
  return `There is no such system${near === '' ? '.' : near} ${systemForms(names)}`;
}

/** How a system can be named; there are too many mutants to list. */
export function systemForms(names: readonly string[] = subjectNames): string {
  const plain = names.filter((name) => !name.startsWith(MUTANT));
  const mutant = plain.length < names.length ? ', mutant:NAME (npm run mutants -- --list)' : '';
  return `Use ${plain.join(', ')}${mutant}, module:FILE, exec:COMMAND or driver:PATH.`;
}

/** `name` is one without `nameProblem`. Rejects with `EnvironmentError` where an adapter does not answer as it must. */
export async function connectSubject(name: string, options: SubjectOptions = {}): Promise<Subject> {
  if (!isOfUser(name) && !isQemu(name)) return openSubject(name, options);
  return asyncSubject(
    await connectAsyncSystem(name, options),
    name,
    options.comparison,
    settingsOf(name, options),
  );
}

/** A system that somebody brought along. */
function isOfUser(name: string): boolean {
  return name.startsWith(EXEC) || name.startsWith(MODULE);
}

export function isDriver(name: string): boolean {
  return name.startsWith(DRIVER);
}

function connectOfUser(name: string, options: SubjectOptions): Promise<AsyncSystem> {
  return name.startsWith(MODULE)
    ? connectModule(name.slice(MODULE.length), options)
    : connectExec(name, options);
}

export interface Connected {
  readonly subject: Subject;
  /** The same system, asked one operation after the other. */
  readonly system: AsyncSystem;
  /** As the system declares it, or the binary says it; null where none is known. */
  readonly version: string | null;
}

/** Any system, to be both searched and walked on. `name` is one without `nameProblem`. Rejects with `EnvironmentError`. */
export async function connect(name: string, options: SubjectOptions = {}): Promise<Connected> {
  if (!isOfUser(name) && !isQemu(name)) {
    const plain = openSystem(name);
    const version = plain.version ?? versionsHere().colocheck;
    return { subject: syncSubject(plain, name, options.comparison), system: guardSystem(plain), version };
  }
  const version = isQemu(name) ? await qemuVersion(withBinary(name, options).qemuBinary) : null;
  const system = await connectAsyncSystem(name, options);
  const declared = system.version ?? '';
  return {
    subject: asyncSubject(system, name, options.comparison, settingsOf(name, options)),
    system,
    version: version ?? (declared === '' ? null : declared),
  };
}

/** Any system, asked one operation after the other. `name` is one without `nameProblem`. */
export async function connectStepwise(name: string, options: SubjectOptions): Promise<AsyncSystem> {
  return isOfUser(name) || isQemu(name) ? connectAsyncSystem(name, options) : guardSystem(openSystem(name));
}

/** The systems that a tour can walk on. */
export async function connectAsyncSystem(name: string, options: SubjectOptions): Promise<AsyncSystem> {
  if (isDriver(name)) return guardSystem(openSystem(name));
  const system = await connectElsewhere(name, options);
  return options.signal === undefined ? system : interruptible(system, options.signal);
}

function connectElsewhere(name: string, options: SubjectOptions): Promise<AsyncSystem> {
  return isQemu(name) ? connectQemu(withBinary(name, options)) : connectOfUser(name, options);
}

function connectExec(name: string, options: SubjectOptions): Promise<AsyncSystem> {
  return createExecSystem({ command: name.slice(EXEC.length), ...asked(options) });
}

function connectModule(path: string, options: SubjectOptions): Promise<AsyncSystem> {
  return options.inProcess === true
    ? createInProcessModuleSystem(path)
    : createModuleSystem(path, asked(options));
}

function asked({ timeoutMs, comparison }: SubjectOptions) {
  return {
    // An adapter is sent what kind of comparison it is; each version of QEMU is of one kind.
    ...(comparison === 'document' ? { comparison } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function connectQemu({ qemuBinary, tell = () => {} }: SubjectOptions): Promise<AsyncSystem> {
  return connectQemuSystem(qemuBinary === undefined ? {} : { binary: qemuBinary }, tell);
}

function openQemu({ qemuBinary }: SubjectOptions): AsyncSystem {
  return createQemuSystem(qemuBinary === undefined ? {} : { binary: qemuBinary });
}

/** `name` is one of `subjectNames`. Whether a QEMU is there shows only when its first case is loaded. */
export function openSubject(name: string, options: SubjectOptions = {}): Subject {
  return isQemu(name)
    ? asyncSubject(openQemu(withBinary(name, options)), name, options.comparison, settingsOf(name, options))
    : syncSubject(openSystem(name), name, options.comparison);
}

/** The systems that run in this process, and can be searched exhaustively. */
export const systemNames = subjectNames.filter((name) => name !== 'qemu');

/** Whether a system of this name runs in this process, and hands out its state. */
export function isSystemName(name: string): boolean {
  return isDriver(name) ? name !== DRIVER : systemNames.includes(name);
}

/** `name` is one of `systemNames`, or a driver: throws an `EnvironmentError` where that cannot be compiled. */
export function openSystem(name: string): System {
  if (name === 'impl') return createEfficientSystem();
  if (isDriver(name)) return createDriverSystem(name.slice(DRIVER.length));
  const mutant = mutants.find((known) => mutantSystemName(known) === name);
  const ofFlight = inFlightMutants.find((known) => mutantSystemName(known) === name);
  if (ofFlight !== undefined) return createInFlightMutant(ofFlight, name);
  if (mutant === undefined)
    throw new Error(`there is no system ${name}: use one of ${subjectNames.join(', ')}`);
  return createMutant(mutant);
}
