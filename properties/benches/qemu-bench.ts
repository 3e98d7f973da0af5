/** Prints how fast the real QEMU is played in lockstep, and where the time of an operation goes. */
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { Statistics } from '../campaign/campaign.ts';
import { asyncSubject } from '../subjects/subject.ts';
import { ChildrenCpu } from './children-cpu.ts';

const SECONDS = 20;

/** What the time between two looks at the clock is spent with; the model, the comparison and all else are the rest. */
const parts = ['building a case', 'operation', 'observation', 'removing a case', 'the rest'] as const;
type Part = (typeof parts)[number];

/** Microseconds. */
interface Spent {
  readonly wall: number;
  readonly node: number;
  readonly qemu: number;
}

const NOTHING: Spent = { wall: 0, node: 0, qemu: 0 };

/** With the real QEMU at `binary`, else the one on the PATH. Throws an `EnvironmentError` where it cannot be had. */
export async function benchQemu(
  print: (text: string) => void,
  binary: string | undefined,
  seed: number,
): Promise<void> {
  const create = (): AsyncSystem => createQemuSystem(binary === undefined ? {} : { binary });
  const { coverage, cases, seconds, findings } = await campaign(create(), seed);
  print('\nThe real QEMU in lockstep, setting up and tearing down included');
  print(line('operations a second (wall)', (coverage.operations / seconds).toFixed(0)));
  print(line('cases, operations', `${cases}, ${coverage.operations}`));
  print(line('findings', String(findings.length)));
  const clock = new Clock();
  const { operations } = (await campaign(clock.timing(create()), seed)).coverage;
  print('  an operation, with a look at the clocks before and after each part');
  for (const part of parts) print(line(`  ${part}`, costsOf(clock.spentWith(part), operations)));
  print(line('  all of it', costsOf(clock.spent, operations)));
}

async function campaign(system: AsyncSystem, seed: number): Promise<Statistics> {
  const options = {
    seed,
    casesMax: Infinity,
    secondsMax: SECONDS,
    operationsMax: 100,
    geometry: 'mixed',
    depth: 'full',
    findingsMax: 1,
  } as const;
  const events = { progress: () => {}, finding: () => {}, interrupted: () => false };
  try {
    return await runCampaign(asyncSubject(system), options, events);
  } finally {
    await system.shutdown();
  }
}

/** The time of each part of the calls of a system. The looks themselves, some tens of microseconds each, are left out. */
class Clock {
  readonly #spent = new Map<Part, Spent>();
  readonly #children = new ChildrenCpu();
  #last: Spent | null = null;

  spentWith(part: Part): Spent {
    return this.#spent.get(part) ?? NOTHING;
  }

  get spent(): Spent {
    return [...this.#spent.values()].reduce(sum, NOTHING);
  }

  timing(system: AsyncSystem): AsyncSystem {
    return {
      name: system.name,
      capabilities: system.capabilities,
      load: (...given) => this.#time('building a case', () => system.load(...given)),
      apply: (operation) => this.#time('operation', () => system.apply(operation)),
      observe: () => this.#time('observation', () => system.observe()),
      accepts: (...given) => system.accepts(...given),
      finish: () => this.#time('removing a case', async () => (await system.finish?.()) ?? null),
      unload: () => this.#time('removing a case', () => system.unload()),
      shutdown: () => system.shutdown(),
    };
  }

  async #time<Result>(part: Part, work: () => Promise<Result>): Promise<Result> {
    const atCall = ofNode();
    const qemuAtCall = this.#children.microseconds();
    if (this.#last !== null) this.#add('the rest', difference(this.#last, { ...atCall, qemu: qemuAtCall }));
    const begin = ofNode();
    try {
      return await work();
    } finally {
      const end = ofNode();
      const qemu = this.#children.microseconds();
      this.#add(part, difference({ ...begin, qemu: qemuAtCall }, { ...end, qemu }));
      this.#last = { ...ofNode(), qemu };
    }
  }

  #add(part: Part, spent: Spent): void {
    this.#spent.set(part, sum(this.spentWith(part), spent));
  }
}

function ofNode(): Omit<Spent, 'qemu'> {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() * 1000, node: user + system };
}

function sum(one: Spent, other: Spent): Spent {
  return { wall: one.wall + other.wall, node: one.node + other.node, qemu: one.qemu + other.qemu };
}

function difference(before: Spent, after: Spent): Spent {
  return { wall: after.wall - before.wall, node: after.node - before.node, qemu: after.qemu - before.qemu };
}

function costsOf({ wall, node, qemu }: Spent, operations: number): string {
  const [all, ofUs, ofQemu] = [wall, node, qemu].map((spent) => Math.round(spent / operations));
  const waiting = Math.round((wall - node - qemu) / operations);
  return `${all} µs: CPU of Node ${ofUs}, CPU of QEMU ${ofQemu}, waiting ${waiting}`;
}

function line(name: string, value: string): string {
  return `  ${name.padEnd(44)} ${value}`;
}
