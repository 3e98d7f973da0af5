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
  /** The numbers found last, and the version of the job of which they are. */
  readonly #present: Int32Array;
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
    this.#present = new Int32Array(this.layout.length);
  }

  save(into: Int32Array): void {
    const { commitJobRuns, commitJob } = this.#memory.node;
    const present = this.#present;
    if (!commitJobRuns) {
      for (let index = 0; index < present.length; index++) into[this.#at + index] = 0;
      return;
    }
    if (this.#version !== commitJob.version) this.#look();
    for (let index = 0; index < present.length; index++) into[this.#at + index] = present[index] ?? 0;
  }

  #look(): void {
    const job = this.#memory.node.commitJob;
    const present = this.#present;
    present[0] = job.dirtyMask;
    present[1] = job.cursor;
    present[2] = job.inFlightCount;
    let at = 3;
    for (let age = 0; age < job.inFlightCount; age++) at = this.#saveRequest(age, present, at);
    while (at < present.length) present[at++] = 0;
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

  restore(from: Int32Array): void {
    const { commitJobRuns, commitJob: job } = this.#memory.node;
    if (!commitJobRuns || (this.#version === job.version && this.#isPresent(from))) return;
    let at = this.#at;
    job.reset(this.#requestsMax, 1);
    for (let dirty = from[at++] ?? 0; dirty !== 0; dirty &= dirty - 1) {
      job.markDirty((31 - Math.clz32(dirty & -dirty)) * this.#unitSectors, 1);
    }
    job.resumeAt(from[at++] ?? 0);
    const inFlight = from[at++] ?? 0;
    for (let age = 0; age < inFlight; age++) at = this.#restoreRequest(from, at);
    for (let index = 0; index < this.#present.length; index++)
      this.#present[index] = from[this.#at + index] ?? 0;
    this.#version = job.version;
  }

  #isPresent(from: Int32Array): boolean {
    const present = this.#present;
    for (let index = 0; index < present.length; index++) {
      if (from[this.#at + index] !== present[index]) return false;
    }
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
