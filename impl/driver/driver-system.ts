/** The C driver itself as a system under test: the unmodified file on a ground that carries content. */
import { layers, modes, NODES_MAX } from '../../model/vocabulary.ts';
import type { FaultOperation, Operation, OperationAtNode } from '../../model/operations.ts';
import type {
  AbortRule,
  Layer,
  NodeSetup,
  Observation,
  Outcome,
  Range,
  Setup,
  Tag,
} from '../../model/vocabulary.ts';
import { checkGeometry } from '../efficient/compare/case-memory.ts';
import { aborted, OK } from '../efficient/node/outcomes.ts';
import type { StateAccess } from '../state-access.ts';
import { SystemLost } from '../system-lost.ts';
import type { Look, System } from '../system.ts';
import { compileDriver } from './compile/compiled-driver.ts';
import type { CompiledDriver } from './compile/compiled-driver.ts';
import { ruleOfDeath } from './death-rule.ts';
import { driverCapabilities } from './driver-capabilities.ts';
import { breakSector, suffer } from './driver-faults.ts';
import { assemble } from './driver-parts.ts';
import type { DriverParts } from './driver-parts.ts';
import { DriverStates } from './driver-states.ts';
import { defectBits } from './ground.ts';
import type { Ground } from './ground.ts';

/** In the order of host.c. */
const calls = { start: 0, checkpoint: 1, getError: 2, stop: 3 } as const;

const FAILOVER_WITH_ENABLE: Outcome = Object.freeze({
  kind: 'error',
  message: "Parameter 'failover' is only for stopping replication",
});

/** `path` as in `driver:PATH`. Throws an `EnvironmentError` where it cannot be compiled. */
export function createDriverSystem(path: string): System {
  return new DriverSystem(`driver:${path}`, compileDriver(path));
}

export class DriverSystem implements System {
  readonly name: string;
  readonly version: string;
  readonly capabilities = driverCapabilities;
  readonly #compiled: CompiledDriver;
  #parts: DriverParts;
  #nodes: readonly NodeSetup[] = [];
  /** The rule by which the process has died. */
  #dead: AbortRule | null = null;
  #states: DriverStates | null = null;
  /** How many operations of this case. */
  #answered = 0;
  #isLost = false;

  constructor(name: string, compiled: CompiledDriver) {
    this.name = name;
    this.version = compiled.key;
    this.#compiled = compiled;
    this.#parts = assemble(compiled);
  }

  /** Of the case that is loaded now. */
  get states(): StateAccess {
    this.#states ??= new DriverStates(
      this.#parts.module,
      this.#parts.ground,
      this.#parts.memory,
      this.#nodes,
      {
        get: () => this.#dead,
        set: (rule) => {
          this.#dead = rule;
        },
      },
    );
    return this.#states;
  }

  load({ nodes }: Setup): void {
    if (nodes.length > NODES_MAX) throw new RangeError(`a host has at most ${NODES_MAX} nodes`);
    this.#answered = 0;
    // What a driver that was lost leaves may be anything.
    if (this.#isLost) this.#parts = assemble(this.#compiled);
    this.#isLost = false;
    // What saving has reserved goes with the shape.
    if (this.#states !== null) this.#parts.memory.forget();
    this.#states = null;
    this.#dead = null;
    for (const { geometry, commitRequestsMax } of nodes) {
      checkGeometry(geometry);
      if (!(commitRequestsMax >= 1))
        throw new RangeError(`setup.commitRequestsMax is ${commitRequestsMax}: must be at least 1`);
    }
    this.#parts.memory.shape(nodes);
    this.#parts.ground.begin(nodes.length);
    for (const [index, node] of nodes.entries()) this.#loadNode(index, node);
    this.#nodes = nodes;
    this.#parts.comparison.load(nodes);
  }

  apply(operation: Operation): Outcome {
    try {
      const outcome = this.#apply(operation);
      this.#answered++;
      return outcome;
    } catch (error) {
      this.#parts.module.unwind();
      return this.#die(error, operation);
    }
  }

  observe(): readonly Observation[] {
    try {
      return this.#nodes.map((setup, index) => {
        const shown = this.#parts.answers.observe(index, setup);
        return this.#dead === null ? shown : { ...shown, view: aborted(this.#dead) };
      });
    } catch (error) {
      return this.#lose(error);
    }
  }

  agrees(node: number, expected: Observation, touched: Range | null, look: Look): boolean {
    const death = this.#dead === null ? null : aborted(this.#dead);
    try {
      return this.#parts.comparison.agrees(node, expected, touched, look, death);
    } catch (error) {
      return this.#lose(error);
    }
  }

  /** A read that only looks may kill the driver, too. */
  #lose(error: unknown): never {
    this.#parts.module.unwind();
    this.#answered--;
    this.#die(error, { op: 'guestRead', sector: 0, count: 0 });
    throw error;
  }

  /** How often each place of a counted driver was reached since this system was made. */
  counts(length: number): readonly number[] {
    const at = this.#parts.ground.counted() / Int32Array.BYTES_PER_ELEMENT;
    return Array.from(this.#parts.module.numbers.subarray(at, at + length));
  }

  unload(): void {
    this.#nodes = [];
    this.#parts.ground.begin(0);
  }

  #die(error: unknown, operation: Operation): Outcome {
    try {
      const rule = ruleOfDeath(error, operation, this.#parts.ground);
      this.#parts.ground.endProcess();
      this.#dead = rule;
      this.#answered++;
      return aborted(rule);
    } catch (unknown) {
      if (unknown instanceof SystemLost) {
        unknown.answeredCount = this.#answered;
        this.#isLost = true;
      }
      throw unknown;
    }
  }

  #loadNode(index: number, setup: NodeSetup): void {
    const isReadOnly = (disk: Layer): boolean => setup.readOnly.includes(disk);
    const readOnly = layers.reduce((bits, disk, place) => (isReadOnly(disk) ? bits | (1 << place) : bits), 0);
    this.#parts.ground.load(index, modes.indexOf(setup.mode), defectBits(setup.defects), readOnly);
    for (const { sector, count, tag } of setup.initialContent) {
      if (sector + count > setup.geometry.lengthSectors) {
        throw new RangeError(
          `setup.initialContent has sectors ${sector} to ${sector + count - 1}: the disk has ${setup.geometry.lengthSectors}`,
        );
      }
      this.#parts.memory.need(index, tag);
      this.#parts.ground.fill(index, sector, count, tag);
    }
    for (const bad of setup.badSectors) breakSector(this.#parts.ground, index, bad);
  }

  #apply(operation: Operation): Outcome {
    const isDead = this.#dead !== null;
    switch (operation.op) {
      case 'start':
        return isDead ? this.#died() : this.#call('start', operation.mode === 'primary');
      case 'checkpoint':
      case 'getError':
        return isDead ? this.#died() : this.#call(operation.op, false);
      case 'stop':
        return isDead ? this.#died() : this.#call('stop', operation.failover);
      case 'queryStatus':
        return isDead ? this.#died() : statusOf(this.#call('getError', false));
      case 'setReplication':
        return isDead ? this.#died() : this.#setReplication(operation);
      default:
        return this.#applyTo(this.#index(operation.node ?? 0), operation);
    }
  }

  #call(call: keyof typeof calls, argument: boolean): Outcome {
    return this.#parts.answers.outcome(0, this.#parts.ground.call(calls[call], argument ? 1 : 0));
  }

  /** xen-set-replication: no error pointer is handed down for a failover. */
  #setReplication({ enable, primary, failover }: Extract<Operation, { op: 'setReplication' }>): Outcome {
    if (enable) return failover === null ? this.#call('start', primary) : FAILOVER_WITH_ENABLE;
    const outcome = this.#call('stop', failover ?? false);
    return failover === true && outcome.kind === 'error' ? OK : outcome;
  }

  #died(): Outcome {
    return this.#dead === null ? OK : aborted(this.#dead);
  }

  #applyTo(index: number, operation: OperationAtNode): Outcome {
    const ground = this.#parts.ground;
    switch (operation.op) {
      case 'open':
        // After a death it is the first request to a new process.
        if (this.#dead !== null) ground.newProcess();
        this.#dead = null;
        return this.#parts.answers.outcome(index, ground.open(index));
      case 'breakSector':
      case 'repairSectors':
      case 'failEmptying':
      case 'endJob':
      case 'cutLink':
      case 'restoreLink':
        suffer(ground, index, operation);
        return OK;
      default:
        return this.#dead === null ? this.#request(index, operation) : this.#died();
    }
  }

  #request(
    index: number,
    operation: Exclude<OperationAtNode, FaultOperation | { readonly op: 'open' }>,
  ): Outcome {
    const ground = this.#parts.ground;
    switch (operation.op) {
      case 'close':
        return this.#parts.answers.outcome(index, ground.close(index));
      case 'guestRead':
        return this.#read(index, operation, ground.guestRead(index, operation.sector, operation.count));
      case 'primaryRead':
        return this.#read(index, operation, ground.primaryRead(index, operation.sector, operation.count));
      case 'guestWrite':
        return this.#write(index, operation, operation.tag, ground.guestWrite);
      case 'primaryWrite':
        return this.#write(index, operation, operation.tag, ground.primaryWrite);
      case 'guestWriteZeroes':
        return this.#write(index, operation, 0, ground.guestWriteZeroes);
      case 'primaryWriteZeroes':
        return this.#write(index, operation, 0, ground.primaryWriteZeroes);
      case 'guestDiscard':
        return this.#write(index, operation, 0, ground.guestDiscard);
      case 'primaryDiscard':
        return this.#write(index, operation, 0, ground.primaryDiscard);
      case 'guestFlush':
        return this.#parts.answers.outcome(index, ground.guestFlush(index));
      case 'primaryFlush':
        return this.#parts.answers.outcome(index, ground.primaryFlush(index));
      case 'commitAdvance':
        ground.commitAdvance(index);
        return OK;
      case 'commitSettle':
        ground.commitSettle(index);
        return OK;
    }
  }

  #read(index: number, { sector, count }: Range, result: number): Outcome {
    return result === 0
      ? this.#parts.answers.data(index, sector, count)
      : this.#parts.answers.outcome(index, result);
  }

  #write(index: number, { sector, count }: Range, tag: Tag, write: Ground['guestWrite']): Outcome {
    this.#parts.memory.need(index, tag);
    return this.#parts.answers.outcome(index, write(index, sector, count, tag));
  }

  #index(node: number): number {
    if (node < this.#nodes.length) return node;
    throw new Error(
      this.#nodes.length === 0 ? 'no case is loaded: call load(setup) first' : `there is no node ${node}`,
    );
  }
}

function statusOf(outcome: Outcome): Outcome {
  return { kind: 'status', error: outcome.kind === 'error' ? outcome.message : null };
}
