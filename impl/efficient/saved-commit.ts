/** The commit job of a node as numbers, and back; see saved-state.ts. All are 0 where no commit runs. */
import { contentFields, contentNumber, NO_CONTENT, plainField, type StateField } from '../state-access.ts';
import type { CaseMemory } from './case-memory.ts';
import { EIO, OK } from './outcomes.ts';
import { restoreSector } from './tag-words.ts';

export class SavedCommit {
  readonly layout: readonly StateField[];
  readonly #memory: CaseMemory;
  readonly #at: number;
  readonly #requestsMax: number;
  readonly #unitSectors: number;

  /** The numbers of the job stand from `at` on. */
  constructor(memory: CaseMemory, index: number, at: number) {
    const { node } = memory;
    const units = node.commitJob.unitCount;
    this.#memory = memory;
    this.#at = at;
    this.#requestsMax = Math.min(node.commitRequestsMax, units);
    this.#unitSectors = Math.min(node.commitJob.unitSectors, node.lengthSectors);
    const requests = Array.from({ length: this.#requestsMax }, (_, age) => [
      plainField(`request ${age}`),
      ...contentFields(`request ${age} of node ${index}`, this.#unitSectors),
    ]);
    this.layout = [plainField('dirty'), plainField('cursor'), plainField('inFlight'), ...requests.flat()];
  }

  save(into: Int32Array): void {
    const { node } = this.#memory;
    const end = this.#at + this.layout.length;
    let at = this.#at;
    if (node.commitJobRuns) {
      const job = node.commitJob;
      into[at++] = job.dirtyMask;
      into[at++] = job.cursor;
      into[at++] = job.inFlightCount;
      for (let age = 0; age < job.inFlightCount; age++) at = this.#saveRequest(age, into, at);
    }
    while (at < end) into[at++] = 0;
  }

  #saveRequest(age: number, into: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const { unit, captured, captureOutcome } = node.commitJob.requestInFlight(age);
    const first = unit * this.#unitSectors;
    const count = captureOutcome === OK ? Math.min(this.#unitSectors, node.lengthSectors - first) : 0;
    let at = start;
    into[at++] = unit * 2 + (captureOutcome === OK ? 0 : 1);
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      into[at++] =
        sector < count
          ? contentNumber(tags.decodeSector(captured, sector * node.wordsPerSector, first + sector))
          : NO_CONTENT;
    }
    return at;
  }

  restore(from: Int32Array, present: Int32Array | null): void {
    const { node } = this.#memory;
    if (!node.commitJobRuns) return;
    const end = this.#at + this.layout.length;
    let at = this.#at;
    while (at < end && from[at] === present?.[at]) at++;
    if (at === end) return;
    at = this.#at;
    const job = node.commitJob;
    job.reset(this.#requestsMax);
    for (let dirty = from[at++] ?? 0; dirty !== 0; dirty &= dirty - 1) {
      job.markDirty((31 - Math.clz32(dirty & -dirty)) * this.#unitSectors, 1);
    }
    job.resumeAt(from[at++] ?? 0);
    const inFlight = from[at++] ?? 0;
    for (let age = 0; age < inFlight; age++) at = this.#restoreRequest(from, at);
  }

  #restoreRequest(from: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const unit = (from[start] ?? 0) >> 1;
    const first = unit * this.#unitSectors;
    const { captured } = node.commitJob.resumeRequest(unit, ((from[start] ?? 0) & 1) === 1 ? EIO : OK);
    let at = start + 1;
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      const content = from[at++] ?? NO_CONTENT;
      if (content === NO_CONTENT) continue;
      restoreSector(tags, content, first + sector, captured, sector * node.wordsPerSector);
    }
    return at;
  }
}
