/** For tests: a running system with requests in flight, in few words. */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, NodeSetup, Observation, Outcome, Tag } from '../../../model/vocabulary.ts';
import type { Answered, InFlightAccess } from '../../in-flight.ts';
import type { System } from '../../system.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { INITIAL } from './scenario.ts';

export class Flight {
  readonly system: System;
  readonly #access: InFlightAccess;
  #next = 1;

  /** Opened and started. */
  constructor(geometry: Geometry, changes: Partial<NodeSetup> = {}, system = createEfficientSystem()) {
    if (system.inFlight === undefined) throw new Error(`${system.name} has no requests in flight`);
    this.system = system;
    this.#access = system.inFlight;
    const setup: NodeSetup = {
      mode: 'secondary',
      geometry,
      initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: INITIAL }],
      readOnly: [],
      badSectors: [],
      defects: [],
      commitRequestsMax: 2,
      ...changes,
    };
    system.load({ nodes: [setup] });
    this.do({ op: 'open' });
    this.do({ op: 'start', mode: setup.mode });
  }

  do(operation: Operation): Outcome {
    return this.system.apply(operation);
  }

  /** Returns the number of the request; nothing may be answered by the submission. */
  submit(operation: Operation): number {
    const request = this.#next++;
    const answered = this.#access.submit(request, operation);
    if (answered.length > 0) throw new Error(`${operation.op} was answered when it was submitted`);
    return request;
  }

  primaryWrite(sector: number, count: number, tag: Tag): number {
    return this.submit({ op: 'primaryWrite', sector, count, tag });
  }

  guestWrite(sector: number, count: number, tag: Tag): number {
    return this.submit({ op: 'guestWrite', sector, count, tag });
  }

  guestRead(sector: number, count: number): number {
    return this.submit({ op: 'guestRead', sector, count });
  }

  /** The requests that it answered. */
  advance(request: number): number[] {
    return this.#access.advance(request).map((each) => each.request);
  }

  /** The requests that it answered, in that order. */
  await(request: number): number[] {
    return this.awaited(request).map((each) => each.request);
  }

  awaited(request: number): readonly Answered[] {
    return this.#access.await(request);
  }

  /** What a request answers that waits for no other. */
  outcome(request: number): Outcome | undefined {
    return this.awaited(request).find((each) => each.request === request)?.outcome;
  }

  observe(): Observation {
    const [observation] = this.system.observe();
    if (observation === undefined) throw new Error('no node is loaded');
    return observation;
  }
}
