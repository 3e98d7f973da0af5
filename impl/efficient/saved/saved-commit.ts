/** The commit job of a node as numbers, and back; see saved-state.ts. All are 0 where no commit runs. */
import { contentFields, NO_CONTENT, plainField, type StateField } from '../../state-access.ts';
import type { CaseMemory } from '../compare/case-memory.ts';
import type { CommitRequest } from '../node/commit-job.ts';
import { EIO, OK } from '../node/outcomes.ts';
import { restoreSector } from '../compare/tag-words.ts';

export class SavedCommit {
  readonly layout: readonly StateField[];
  readonly #memory: CaseMemory;
  readonly #at: number;
  readonly #unitSectors: number;
  /** The version of the job of which the present numbers are; -1 where they are all 0. */
  #version = -1;

  /** The numbers of the job stand from `at` on. */
  constructor(memory: CaseMemory, index: number, at: number) {
    const { node } = memory;
    const units = node.commitJob.unitCount;
    this.#memory = memory;
    this.#at = at;
    this.#unitSectors = Math.min(node.commitJob.unitSectors, node.lengthSectors);
    const requests = Array.from({ length: units }, (_, age) => [
      plainField(`request ${age}`),
      ...contentFields(`request ${age} of node ${index}`, this.#unitSectors),
    ]);
    this.layout = [plainField('dirty'), plainField('cursor'), plainField('inFlight'), ...requests.flat()];
  }

  look(into: Int32Array): void {
    const { commitJobRuns, commitJob: job } = this.#memory.node;
    if (commitJobRuns) {
      if (this.#version !== job.version) this.#lookAtJob(into);
    } else if (this.#version !== -1) {
      into.fill(0, this.#at, this.#at + this.layout.length);
      this.#version = -1;
    }
  }

  #lookAtJob(into: Int32Array): void {
    const job = this.#memory.node.commitJob;
    const end = this.#at + this.layout.length;
    let at = this.#at;
    into[at++] = job.dirtyMask;
    into[at++] = job.cursor;
    const countAt = at++;
    into[countAt] = 0;
    for (let age = 0; age < job.inFlightCount; age++) {
      const request = job.requestInFlight(age);
      into[countAt] = (into[countAt] ?? 0) + request.units;
      for (let place = 0; place < request.units; place++) at = this.#saveUnit(request, place, into, at);
    }
    while (at < end) into[at++] = 0;
    this.#version = job.version;
  }

  /** A unit of a request; `place` counts from its first on. */
  #saveUnit(request: CommitRequest, place: number, into: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const { captured, captureOutcome } = request;
    const unit = request.unit + place;
    const first = unit * this.#unitSectors;
    const count = captureOutcome === OK ? Math.min(this.#unitSectors, node.lengthSectors - first) : 0;
    const words = place * this.#unitSectors * node.wordsPerSector;
    let at = start;
    into[at++] = unit * 4 + (place > 0 ? 2 : 0) + (captureOutcome === OK ? 0 : 1);
    tags.saveSectors(captured, words, first, first + count, into, at);
    for (let sector = count; sector < this.#unitSectors; sector++) into[at + sector] = NO_CONTENT;
    return at + this.#unitSectors;
  }

  restore(from: Int32Array, present: Int32Array): void {
    const { commitJobRuns, commitJob: job, commitRequestsMax, commitJoinsUnits } = this.#memory.node;
    if (!commitJobRuns || (this.#version === job.version && this.#isPresent(from, present))) return;
    let at = this.#at;
    job.reset(commitRequestsMax, commitJoinsUnits);
    for (let dirty = from[at++] ?? 0; dirty !== 0; dirty &= dirty - 1) {
      job.markDirty((31 - Math.clz32(dirty & -dirty)) * this.#unitSectors, 1);
    }
    job.resumeAt(from[at++] ?? 0);
    const unitsEnd = at + 1 + (from[at] ?? 0) * (1 + this.#unitSectors);
    for (at++; at < unitsEnd;) at = this.#restoreRequest(from, at, unitsEnd);
    const end = this.#at + this.layout.length;
    for (let index = this.#at; index < end; index++) present[index] = from[index] ?? 0;
    this.#version = job.version;
  }

  #isPresent(from: Int32Array, present: Int32Array): boolean {
    const end = this.#at + this.layout.length;
    for (let index = this.#at; index < end; index++) if (from[index] !== present[index]) return false;
    return true;
  }

  /** All units of a request, of which the first stands at `start`. */
  #restoreRequest(from: Int32Array, start: number, unitsEnd: number): number {
    const number = from[start] ?? 0;
    const stride = 1 + this.#unitSectors;
    let units = 1;
    while (start + units * stride < unitsEnd && ((from[start + units * stride] ?? 0) & 2) === 2) units++;
    const outcome = (number & 1) === 1 ? EIO : OK;
    const { captured } = this.#memory.node.commitJob.resumeRequest(number >> 2, units, outcome);
    for (let place = 0; place < units; place++)
      this.#restoreUnit(from, start + place * stride, captured, place);
    return start + units * stride;
  }

  #restoreUnit(from: Int32Array, start: number, captured: Uint32Array, place: number): void {
    const { node, tags } = this.#memory;
    const first = ((from[start] ?? 0) >> 2) * this.#unitSectors;
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      const content = from[start + 1 + sector] ?? NO_CONTENT;
      if (content === NO_CONTENT) continue;
      const at = (place * this.#unitSectors + sector) * node.wordsPerSector;
      restoreSector(tags, content, first + sector, captured, at);
    }
  }
}
