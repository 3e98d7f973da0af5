/** The commit job of a node as numbers, and back; see saved-state.ts. All are 0 where no commit runs. */
import { contentField, contentNumber, NO_CONTENT, plainField, type StateField } from '../state-access.ts';
import type { CaseMemory } from './case-memory.ts';
import { EIO, OK } from './outcomes.ts';
import { restoreSector } from './tag-words.ts';

export class SavedCommit {
  readonly #memory: CaseMemory;
  readonly #index: number;
  readonly #units: number;
  readonly #requestsMax: number;
  readonly #unitSectors: number;
  readonly #length: number;

  constructor(memory: CaseMemory, index: number) {
    const { node } = memory;
    this.#memory = memory;
    this.#index = index;
    this.#units = node.commitJob.unitCount;
    this.#requestsMax = Math.min(node.commitRequestsMax, this.#units);
    this.#unitSectors = Math.min(node.commitJob.unitSectors, node.lengthSectors);
    this.#length = this.layout().length;
  }

  layout(): StateField[] {
    const node = this.#index;
    const request = Array.from({ length: this.#requestsMax }, (_, age) => [
      plainField(`request ${age} unit`, this.#units, node),
      plainField(`request ${age} failed`, 2, node),
      ...Array.from({ length: this.#unitSectors }, (__, sector) =>
        contentField(`request ${age} content`, node, sector),
      ),
    ]);
    return [
      plainField('commit dirty', 2 ** this.#units, node),
      plainField('commit cursor', this.#units + 1, node),
      plainField('commit inFlight', this.#requestsMax + 1, node),
      ...request.flat(),
    ];
  }

  save(into: Int32Array, start: number): number {
    const { node } = this.#memory;
    const end = start + this.#length;
    if (!node.commitJobRuns) {
      for (let at = start; at < end; at++) into[at] = 0;
      return end;
    }
    const job = node.commitJob;
    let dirty = 0;
    for (let unit = 0; unit < this.#units; unit++) if (job.isDirty(unit)) dirty |= 1 << unit;
    into[start] = dirty;
    into[start + 1] = job.cursor;
    into[start + 2] = job.inFlightCount;
    let at = start + 3;
    for (let age = 0; age < job.inFlightCount; age++) at = this.#saveRequest(age, into, at);
    while (at < end) into[at++] = 0;
    return end;
  }

  #saveRequest(age: number, into: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const { unit, captured, captureOutcome } = node.commitJob.requestInFlight(age);
    const first = unit * this.#unitSectors;
    const count = Math.min(this.#unitSectors, node.lengthSectors - first);
    let at = start;
    into[at++] = unit;
    into[at++] = captureOutcome === OK ? 0 : 1;
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      const isRead = captureOutcome === OK && sector < count;
      into[at++] = isRead
        ? contentNumber(tags.decodeSector(captured, sector * node.wordsPerSector, first + sector))
        : NO_CONTENT;
    }
    return at;
  }

  restore(from: Int32Array, start: number): number {
    const { node } = this.#memory;
    if (!node.commitJobRuns) return start + this.#length;
    const job = node.commitJob;
    job.reset(this.#requestsMax);
    const dirty = from[start] ?? 0;
    for (let unit = 0; unit < this.#units; unit++) {
      if (((dirty >>> unit) & 1) === 1) job.markDirty(unit * this.#unitSectors, 1);
    }
    job.resumeAt(from[start + 1] ?? 0);
    const inFlight = from[start + 2] ?? 0;
    let at = start + 3;
    for (let age = 0; age < inFlight; age++) at = this.#restoreRequest(from, at);
    return start + this.#length;
  }

  #restoreRequest(from: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const { wordsPerSector } = node;
    const unit = from[start] ?? 0;
    const first = unit * this.#unitSectors;
    const { captured } = node.commitJob.resumeRequest(unit, from[start + 1] === 1 ? EIO : OK);
    let at = start + 2;
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      const content = from[at++] ?? NO_CONTENT;
      if (content === NO_CONTENT) continue;
      restoreSector(tags, content, first + sector, captured, sector * wordsPerSector);
    }
    return at;
  }
}
