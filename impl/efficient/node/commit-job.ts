/**
 * The failover commit (replication.c:734-737): writes the guest view of every unit that active or hidden holds
 * something of to the secondary disk, a few requests at a time. Time is explicit: requests complete when asked to.
 *
 *     active [2 .|. .|. .]  hidden [. .|. 5|. .]  secondary [1 1|1 1|1 1]    units 0 and 1 are dirty
 *     active [2 .|. .|. .]  hidden [. .|. 5|. .]  secondary [2 1|1 5|1 1]    when both are written
 */
import type { Geometry, Outcome } from '../../../model/vocabulary.ts';
import { OK } from './outcomes.ts';
import { SparseBitmap } from '../memory/sparse-bitmap.ts';

/** What the job reads from and writes to. Sectors; places in buffers are in words. */
export interface CommitDisks {
  readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome;
  writeCommitted(sector: number, count: number, source: Uint32Array, sourceAt: number): Outcome;
  /** Where the run ends that is answered from the same layer as `sector`, at `end` at the latest. */
  answeredEnd(sector: number, end: number): number;
}

export type CommitProgress = 'running' | 'completed' | 'failed';

export interface CommitRequest {
  unit: number;
  /** How many units it takes, `unit` and those behind it. */
  units: number;
  captured: Uint32Array;
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
  #joinsMax = 1;
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

  /** Forgets everything; from now on the job keeps at most so many requests in flight, each of at most so many units. */
  reset(requestsMax: number, joinsMax: number): void {
    this.#version++;
    this.#dirtyUnits.clear();
    this.#inFlightUnits.clear();
    // A unit has at most one request in flight.
    this.#requestsMax = Math.min(requestsMax, this.#unitCount);
    this.#joinsMax = Math.min(joinsMax, this.#unitCount);
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
      const units = this.unitsJoined(unit);
      this.#cursor = unit + units;
      for (let each = unit; each < this.#cursor; each++) {
        this.#dirtyUnits.delete(each);
        this.#inFlightUnits.add(each);
      }
      this.#capture(unit, units);
    }
  }

  /** The whole units from a dirty one on that are dirty as well, answered from the same layer, and in no other request. */
  unitsJoined(unit: number): number {
    if (this.#joinsMax === 1) return 1;
    const first = unit * this.#unitSectors;
    const end = Math.min(first + this.#joinsMax * this.#unitSectors, this.#lengthSectors);
    const whole = Math.floor((this.#disks.answeredEnd(first, end) - first) / this.#unitSectors);
    let units = 1;
    while (units < whole && this.#dirtyUnits.has(unit + units) && !this.#inFlightUnits.has(unit + units))
      units++;
    return units;
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

  /** Whether the job has ended when its oldest request has, unless something becomes dirty meanwhile. */
  get isEnding(): boolean {
    return this.#inFlight <= 1 && this.#dirtyUnits.count === 0;
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
  resumeRequest(unit: number, units: number, captureOutcome: Outcome): CommitRequest {
    this.#version++;
    const request = this.#request((this.#oldest + this.#inFlight) % this.#requestsMax);
    request.unit = unit;
    request.units = units;
    request.captureOutcome = captureOutcome;
    for (let each = unit; each < unit + units; each++) this.#inFlightUnits.add(each);
    this.#inFlight++;
    return request;
  }

  #nextDirty(): number {
    const unit = this.#dirtyUnits.nextSet(this.#cursor, this.#unitCount);
    return unit < this.#unitCount ? unit : this.#dirtyUnits.nextSet(0, this.#unitCount);
  }

  #capture(unit: number, units: number): void {
    const position = (this.#oldest + this.#inFlight) % this.#requestsMax;
    const request = this.#request(position);
    request.unit = unit;
    request.units = units;
    request.captureOutcome = this.#disks.readGuestView(
      unit * this.#unitSectors,
      this.#sectorsOf(request),
      request.captured,
      0,
    );
    this.#inFlight++;
  }

  #finishOldest(): Outcome {
    this.#version++;
    const request = this.#request(this.#oldest);
    this.#oldest = (this.#oldest + 1) % this.#requestsMax;
    this.#inFlight--;
    for (let each = 0; each < request.units; each++) this.#inFlightUnits.delete(request.unit + each);
    if (request.captureOutcome !== OK) return request.captureOutcome;
    const first = request.unit * this.#unitSectors;
    return this.#disks.writeCommitted(first, this.#sectorsOf(request), request.captured, 0);
  }

  #request(position: number): CommitRequest {
    const words = this.#unitWords * this.#joinsMax;
    while (this.#requests.length <= position) {
      this.#requests.push({ unit: 0, units: 1, captured: new Uint32Array(words), captureOutcome: OK });
    }
    const request = this.#requests[position];
    if (request === undefined) throw new RangeError(`commit request ${position} has no place in the ring`);
    // An earlier case joined fewer units.
    if (request.captured.length < words) request.captured = new Uint32Array(words);
    return request;
  }

  #sectorsOf({ unit, units }: CommitRequest): number {
    const first = unit * this.#unitSectors;
    return Math.min(units * this.#unitSectors, this.#lengthSectors - first);
  }
}
