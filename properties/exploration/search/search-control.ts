/** What the workers of one search share beside its states: when to meet, when to stop, what they have counted and found. */

const STOP = 0;
const PHASE = 1;
const ARRIVED = 2;
const MEETING = 3;
const STUMBLE_KIND = 4;
const STUMBLE_STATE = 5;
const STUMBLE_OPERATION = 6;
const NUMBERS = 8;

export interface ControlMemory {
  readonly workers: number;
  readonly numbers: SharedArrayBuffer;
  /** Transitions of each worker. */
  readonly transitions: SharedArrayBuffer;
  /** For each goal the number of the first state found to reach it plus one, or 0. */
  readonly goals: SharedArrayBuffer;
}

const phases = ['running', 'closed', 'stopped', 'deep'] as const;
/** `closed`: there is no state left; `deep`: none within the depth that was asked for; `stopped`: as `stop` said. */
export type Phase = (typeof phases)[number];

const reasons = ['none', 'interrupted', 'divergence', 'memory', 'states', 'time', 'failed'] as const;
export type StopReason = (typeof reasons)[number];

export function reserveControl(workers: number, goals: number): ControlMemory {
  return {
    workers,
    numbers: new SharedArrayBuffer(NUMBERS * 4),
    transitions: new SharedArrayBuffer(workers * 8),
    goals: new SharedArrayBuffer(Math.max(1, goals) * 4),
  };
}

export class SearchControl {
  readonly #workers: number;
  readonly #numbers: Int32Array;
  readonly #transitions: Float64Array;
  readonly #goals: Int32Array;

  constructor(memory: ControlMemory) {
    this.#workers = memory.workers;
    this.#numbers = new Int32Array(memory.numbers);
    this.#transitions = new Float64Array(memory.transitions);
    this.#goals = new Int32Array(memory.goals);
  }

  get phase(): Phase {
    return phases[Atomics.load(this.#numbers, PHASE)] ?? 'stopped';
  }

  set phase(phase: Phase) {
    Atomics.store(this.#numbers, PHASE, phases.indexOf(phase));
  }

  get stopReason(): StopReason {
    return reasons[Atomics.load(this.#numbers, STOP)] ?? 'none';
  }

  /** All workers stop after the block that they expand; the first reason counts. */
  stop(reason: StopReason): void {
    Atomics.compareExchange(this.#numbers, STOP, 0, reasons.indexOf(reason));
  }

  /** Where the system and the model part; the first one reported counts. */
  stumble(state: number, operation: number): void {
    if (Atomics.compareExchange(this.#numbers, STUMBLE_KIND, 0, 1) !== 0) return;
    Atomics.store(this.#numbers, STUMBLE_STATE, state);
    Atomics.store(this.#numbers, STUMBLE_OPERATION, operation);
    this.stop('divergence');
  }

  get stumbled(): { readonly state: number; readonly operation: number } | null {
    if (Atomics.load(this.#numbers, STUMBLE_KIND) === 0) return null;
    return {
      state: Atomics.load(this.#numbers, STUMBLE_STATE),
      operation: Atomics.load(this.#numbers, STUMBLE_OPERATION),
    };
  }

  /** Waits until all workers are here; `lead` is called once, by the last of them, while the others wait. */
  meet(lead: () => void): void {
    const meeting = Atomics.load(this.#numbers, MEETING);
    if (Atomics.add(this.#numbers, ARRIVED, 1) + 1 === this.#workers) {
      lead();
      Atomics.store(this.#numbers, ARRIVED, 0);
      Atomics.add(this.#numbers, MEETING, 1);
      Atomics.notify(this.#numbers, MEETING);
    } else {
      Atomics.wait(this.#numbers, MEETING, meeting);
    }
  }

  countTransitions(worker: number, transitions: number): void {
    this.#transitions[worker] = transitions;
  }

  transitionsOf(worker: number): number {
    return this.#transitions[worker] ?? 0;
  }

  get transitions(): number {
    return this.#transitions.reduce((sum, count) => sum + count, 0);
  }

  goalState(goal: number): number | null {
    const found = Atomics.load(this.#goals, goal);
    return found === 0 ? null : found - 1;
  }

  reachGoal(goal: number, state: number): void {
    Atomics.compareExchange(this.#goals, goal, 0, state + 1);
  }
}
