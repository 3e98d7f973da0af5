/** The commit job of a node as numbers, and back; see saved-state.ts. All are 0 where no commit runs. */
import { contentFields, NO_CONTENT, plainField, type StateField } from '../../state-access.ts';
import type { CaseMemory } from '../compare/case-memory.ts';
import { EIO, OK } from '../node/outcomes.ts';
import { restoreSector } from '../compare/tag-words.ts';

export class SavedCommit {
  readonly layout: readonly StateField[];
  readonly #memory: CaseMemory;
  readonly #at: number;
  readonly #requestsMax: number;
  readonly #unitSectors: number;
  /** The version of the job of which the present numbers are; -1 where they are all 0. */
  #version = -1;

  /** The numbers of the job stand from `at` on. */
  constructor(memory: CaseMemory, index: number, at: number) {
    const { node } = memory;
    if (node.commitJoinsUnits !== 1) throw new RangeError('a commit that joins units cannot be saved');
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
    into[at++] = job.inFlightCount;
    for (let age = 0; age < job.inFlightCount; age++) at = this.#saveRequest(age, into, at);
    while (at < end) into[at++] = 0;
    this.#version = job.version;
  }

  #saveRequest(age: number, into: Int32Array, start: number): number {
    const { node, tags } = this.#memory;
    const { unit, captured, captureOutcome } = node.commitJob.requestInFlight(age);
    const first = unit * this.#unitSectors;
    const count = captureOutcome === OK ? Math.min(this.#unitSectors, node.lengthSectors - first) : 0;
    let at = start;
    into[at++] = unit * 2 + (captureOutcome === OK ? 0 : 1);
    tags.saveSectors(captured, 0, first, first + count, into, at);
    for (let sector = count; sector < this.#unitSectors; sector++) into[at + sector] = NO_CONTENT;
    return at + this.#unitSectors;
  }

  restore(from: Int32Array, present: Int32Array): void {
    const { commitJobRuns, commitJob: job } = this.#memory.node;
    if (!commitJobRuns || (this.#version === job.version && this.#isPresent(from, present))) return;
    let at = this.#at;
    job.reset(this.#requestsMax, 1);
    for (let dirty = from[at++] ?? 0; dirty !== 0; dirty &= dirty - 1) {
      job.markDirty((31 - Math.clz32(dirty & -dirty)) * this.#unitSectors, 1);
    }
    job.resumeAt(from[at++] ?? 0);
    const inFlight = from[at++] ?? 0;
    for (let age = 0; age < inFlight; age++) at = this.#restoreRequest(from, at);
    const end = this.#at + this.layout.length;
    for (let index = this.#at; index < end; index++) present[index] = from[index] ?? 0;
    this.#version = job.version;
  }

  #isPresent(from: Int32Array, present: Int32Array): boolean {
    const end = this.#at + this.layout.length;
    for (let index = this.#at; index < end; index++) if (from[index] !== present[index]) return false;
    return true;
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
