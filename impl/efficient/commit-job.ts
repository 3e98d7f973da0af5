/**
 * The failover commit (replication.c:734-737): writes the guest view of every unit that active or hidden holds
 * something of to the secondary disk, a few requests at a time. Time is explicit: requests complete when told.
 */
import type { Geometry, Outcome } from '../../model/vocabulary.ts';
import { OK } from './outcomes.ts';
import { SparseBitmap } from './sparse-bitmap.ts';

/** What the job reads from and writes to. Sectors; places in buffers are in words. */
export interface CommitDisks {
  readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome;
  writeCommitted(sector: number, count: number, source: Uint32Array, sourceAt: number): Outcome;
}

export type CommitProgress = 'running' | 'completed' | 'failed';

export interface CommitRequest {
  unit: number;
  readonly captured: Uint32Array;
  captureOutcome: Outcome;
}

export class CommitJob {
  readonly #disks: CommitDisks;
  readonly #lengthSectors: number;
  readonly #unitSectors: number;
  readonly #unitWords: number;
  readonly #unitCount: number;
  readonly #dirtyUnits: SparseBitmap;
  readonly #inFlightUnits: SparseBitmap;
  /** A ring: requests keep their buffers when they are done. */
  readonly #requests: CommitRequest[] = [];
  #requestsMax = 1;
  #oldest = 0;
  #inFlight = 0;
  #cursor = 0;
  #version = 0;

  constructor(geometry: Geometry, wordsPerSector: number, disks: CommitDisks) {
    this.#disks = disks;
    this.#lengthSectors = geometry.lengthSectors;
    this.#unitSectors = geometry.commitUnitSectors;
    this.#unitWords = Math.min(geometry.commitUnitSectors, geometry.lengthSectors) * wordsPerSector;
    this.#unitCount = Math.ceil(geometry.lengthSectors / geometry.commitUnitSectors);
    this.#dirtyUnits = new SparseBitmap(this.#unitCount);
    this.#inFlightUnits = new SparseBitmap(this.#unitCount);
  }

  /** Forgets everything; the job keeps at most `requestsMax` requests in flight from now on. */
  reset(requestsMax: number): void {
    this.#version++;
    this.#dirtyUnits.clear();
    this.#inFlightUnits.clear();
    // A unit has at most one request in flight.
    this.#requestsMax = Math.min(requestsMax, this.#unitCount);
    this.#oldest = 0;
    this.#inFlight = 0;
    this.#cursor = 0;
  }

  /** Every unit that holds a sector of the range has to be written (again). */
  markDirty(sector: number, count: number): void {
    if (count === 0) return;
    this.#version++;
    const last = Math.floor((sector + count - 1) / this.#unitSectors);
    for (let unit = Math.floor(sector / this.#unitSectors); unit <= last; unit++) this.#dirtyUnits.add(unit);
  }

  /** Starts requests until enough are in flight, nothing is dirty, or the next dirty unit has one in flight already. */
  startRequests(): void {
    this.#version++;
    while (this.#inFlight < this.#requestsMax && this.#dirtyUnits.count > 0) {
      const unit = this.#nextDirty();
      if (this.#inFlightUnits.has(unit)) return;
      this.#dirtyUnits.delete(unit);
      this.#inFlightUnits.add(unit);
      this.#capture(unit);
      this.#cursor = unit + 1;
    }
  }

  /** The oldest request completes, then new ones start. After a failure none start, and all others still finish. */
  advance(): CommitProgress {
    if (this.#inFlight > 0 && this.#finishOldest() !== OK) {
      this.finishInFlight();
      return 'failed';
    }
    this.startRequests();
    return this.#inFlight === 0 ? 'completed' : 'running';
  }

  /** Completes what is in flight, oldest first and whatever each comes to; starts nothing. */
  finishInFlight(): void {
    while (this.#inFlight > 0) this.#finishOldest();
  }

  /** Another number than before if anything of the job may have changed since. */
  get version(): number {
    return this.#version;
  }

  get unitCount(): number {
    return this.#unitCount;
  }

  get unitSectors(): number {
    return this.#unitSectors;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get inFlightCount(): number {
    return this.#inFlight;
  }

  /** A bit for each of the first 32 units that have to be written. */
  get dirtyMask(): number {
    return this.#dirtyUnits.word(0);
  }

  /** The request that is `age` places behind the oldest. */
  requestInFlight(age: number): CommitRequest {
    return this.#request((this.#oldest + age) % this.#requestsMax);
  }

  /** Puts a job just reset where it goes on: the next dirty unit is looked for from `cursor` on. */
  resumeAt(cursor: number): void {
    this.#version++;
    this.#cursor = cursor;
  }

  /** Puts a request in flight behind the others; what it has read is written to `captured` by the caller. */
  resumeRequest(unit: number, captureOutcome: Outcome): CommitRequest {
    this.#version++;
    const request = this.#request((this.#oldest + this.#inFlight) % this.#requestsMax);
    request.unit = unit;
    request.captureOutcome = captureOutcome;
    this.#inFlightUnits.add(unit);
    this.#inFlight++;
    return request;
  }

  #nextDirty(): number {
    const unit = this.#dirtyUnits.nextSet(this.#cursor, this.#unitCount);
    return unit < this.#unitCount ? unit : this.#dirtyUnits.nextSet(0, this.#unitCount);
  }

  #capture(unit: number): void {
    const position = (this.#oldest + this.#inFlight) % this.#requestsMax;
    const request = this.#request(position);
    const first = unit * this.#unitSectors;
    request.unit = unit;
    request.captureOutcome = this.#disks.readGuestView(first, this.#sectorsOf(unit), request.captured, 0);
    this.#inFlight++;
  }

  #finishOldest(): Outcome {
    this.#version++;
    const request = this.#request(this.#oldest);
    this.#oldest = (this.#oldest + 1) % this.#requestsMax;
    this.#inFlight--;
    this.#inFlightUnits.delete(request.unit);
    if (request.captureOutcome !== OK) return request.captureOutcome;
    const first = request.unit * this.#unitSectors;
    return this.#disks.writeCommitted(first, this.#sectorsOf(request.unit), request.captured, 0);
  }

  #request(position: number): CommitRequest {
    while (this.#requests.length <= position) {
      this.#requests.push({ unit: 0, captured: new Uint32Array(this.#unitWords), captureOutcome: OK });
    }
    const request = this.#requests[position];
    if (request === undefined) throw new RangeError(`commit request ${position} has no place in the ring`);
    return request;
  }

  #sectorsOf(unit: number): number {
    const first = unit * this.#unitSectors;
    return Math.min(this.#unitSectors, this.#lengthSectors - first);
  }
}
