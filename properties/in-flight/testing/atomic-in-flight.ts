/** A system for tests in which requests overlap: each takes effect whole, at one of its stations. */
import type {
  Answered,
  AsyncInFlightAccess,
  InFlightAccess,
  InFlightCapabilities,
  RequestNumber,
} from '../../../impl/in-flight.ts';
import { operationNames } from '../../../impl/operation-lists.ts';
import type { System } from '../../../impl/system.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import type { AsyncOverlapping, Overlapping } from '../running/run-flight.ts';

/** What is wrong with it. */
export type Slip =
  | 'none'
  | 'answers twice'
  | 'never answers'
  | 'answers what was not submitted'
  | 'throws'
  /** A guest write that overlaps takes effect when something else is submitted. */
  | 'takes effect late'
  /** A guest write takes effect again at each of its stations. */
  | 'writes again'
  /** A checkpoint fails, whether something overlaps or not. */
  | 'refuses checkpoints';

interface Running {
  readonly operation: Operation;
  station: number;
  outcome: Outcome | null;
}

const STATIONS = 3;

/** Of its three stations the request takes effect at one that its number decides. */
export function atomicInFlight(
  inner: System,
  slip: Slip = 'none',
  rules: Partial<InFlightCapabilities> = {},
): Overlapping {
  const inFlight = new AtomicRequests(inner, slip, rules);
  const system: System = {
    name: 'atomic',
    capabilities: inner.capabilities,
    load: (setup) => {
      inFlight.clear();
      inner.load(setup);
    },
    apply: (operation) => inFlight.perform(operation),
    observe: () => inner.observe(),
    unload: () => inner.unload(),
    inFlight,
  };
  return { system, inFlight };
}

class AtomicRequests implements InFlightAccess {
  readonly capabilities: InFlightCapabilities;
  readonly #inner: System;
  readonly #slip: Slip;
  readonly #running = new Map<RequestNumber, Running>();
  #late: Operation | null = null;

  constructor(inner: System, slip: Slip, rules: Partial<InFlightCapabilities>) {
    this.#inner = inner;
    this.#slip = slip;
    const usual = { requestsMax: 8, alone: [], drains: [], control: 'driver', stations: true } as const;
    this.capabilities = { ...usual, submits: operationNames, ...rules };
  }

  clear(): void {
    this.#running.clear();
    this.#late = null;
  }

  perform(operation: Operation): Outcome {
    if (this.#slip === 'refuses checkpoints' && operation.op === 'checkpoint')
      return { kind: 'error', message: 'refused' };
    const isLate = this.#slip === 'takes effect late' && operation.op === 'guestWrite';
    if (!isLate || this.#running.size < 2) return this.#inner.apply(operation);
    this.#late = operation;
    return { kind: 'ok' };
  }

  submit(request: RequestNumber, operation: Operation): readonly Answered[] {
    if (this.#late !== null) this.#inner.apply(this.#late);
    this.#late = null;
    if (this.#slip === 'throws' && this.#running.size > 0) throw new Error('out of order');
    this.#running.set(request, { operation, station: 0, outcome: null });
    return [];
  }

  advance(request: RequestNumber): readonly Answered[] {
    const one = this.#running.get(request);
    if (one === undefined) return [];
    if (one.outcome === null && one.station === request % STATIONS) one.outcome = this.perform(one.operation);
    else if (this.#slip === 'writes again' && one.outcome !== null && one.operation.op === 'guestWrite')
      this.#inner.apply(one.operation);
    if (one.station < STATIONS - 1) {
      one.station++;
      return [];
    }
    this.#running.delete(request);
    return this.#answer({ request, outcome: one.outcome ?? this.perform(one.operation) });
  }

  await(request: RequestNumber): readonly Answered[] {
    const answers: Answered[] = [];
    while (this.#running.has(request)) answers.push(...this.advance(request));
    return answers;
  }

  #answer(answered: Answered): readonly Answered[] {
    switch (this.#slip) {
      case 'answers twice':
        return [answered, answered];
      case 'answers what was not submitted':
        return [{ ...answered, request: answered.request + 1000 }];
      case 'never answers':
        return [];
      default:
        return [answered];
    }
  }
}

/** The same, waited for. */
export function waitedFor({ system, inFlight }: Overlapping): AsyncOverlapping {
  const waited: AsyncInFlightAccess = {
    capabilities: inFlight.capabilities,
    submit: async (request, operation) => inFlight.submit(request, operation),
    advance: async (request) => inFlight.advance(request),
    await: async (request) => inFlight.await(request),
  };
  return {
    system: {
      name: system.name,
      capabilities: system.capabilities,
      load: async (setup) => system.load(setup),
      apply: async (operation) => system.apply(operation),
      observe: async () => ({ nodes: system.observe() }),
      accepts: () => true,
      unload: async () => system.unload(),
      shutdown: async () => {},
      inFlight: waited,
    },
    inFlight: waited,
  };
}
