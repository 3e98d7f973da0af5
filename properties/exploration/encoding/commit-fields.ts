/** The commit job of a node of the model as numbers, and back; see model-fields.ts. All are 0 where no commit runs. */
import { contentFields, contentNumber, plainField, tagOfContent } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import type { CommitJob, CommitRequest } from '../../../model/node.ts';
import type { NodeSetup, Tag } from '../../../model/vocabulary.ts';

export class CommitFields {
  readonly layout: readonly StateField[];
  readonly #setup: NodeSetup;
  readonly #at: number;
  readonly #units: number;
  /** Sectors of a unit, and so of what a request holds. */
  readonly #unitSectors: number;

  /** The numbers of the job stand from `at` on. */
  constructor(setup: NodeSetup, index: number, at: number) {
    const { commitJoinsUnits = 1, commitRequestsMax, geometry } = setup;
    const { commitUnitSectors, lengthSectors } = geometry;
    this.#setup = setup;
    this.#at = at;
    this.#units = Math.ceil(lengthSectors / commitUnitSectors);
    this.#unitSectors = Math.min(commitUnitSectors, lengthSectors);
    const unitsMax = Math.min(commitRequestsMax * commitJoinsUnits, this.#units);
    const requests = Array.from({ length: unitsMax }, (_, age) => [
      plainField(`request ${age}`),
      ...contentFields(`request ${age} of node ${index}`, this.#unitSectors),
    ]);
    this.layout = [plainField('dirty'), plainField('cursor'), plainField('inFlight'), ...requests.flat()];
  }

  write(job: CommitJob | null, into: Int32Array): void {
    const end = this.#at + this.layout.length;
    let at = this.#at;
    if (job !== null) {
      let dirty = 0;
      for (let unit = 0; unit < job.dirty.length; unit++) if (job.dirty[unit] === true) dirty |= 1 << unit;
      into[at++] = dirty;
      into[at++] = job.cursor;
      into[at++] = job.inFlight.length;
      for (const request of job.inFlight) at = this.#writeRequest(request, into, at);
    }
    while (at < end) into[at++] = 0;
  }

  #writeRequest({ unit, content, joined }: CommitRequest, into: Int32Array, start: number): number {
    let at = start;
    into[at++] = unit * 4 + (joined === true ? 2 : 0) + (content === null ? 1 : 0);
    for (let sector = 0; sector < this.#unitSectors; sector++) {
      const tag = content?.[sector];
      into[at++] = tag === undefined ? 0 : contentNumber(tag);
    }
    return at;
  }

  read(from: Int32Array): CommitJob {
    const { commitUnitSectors, lengthSectors } = this.#setup.geometry;
    const dirty: boolean[] = [];
    for (let unit = 0; unit < this.#units; unit++) dirty.push((((from[this.#at] ?? 0) >>> unit) & 1) === 1);
    const inFlight: CommitRequest[] = [];
    for (let age = 0; age < (from[this.#at + 2] ?? 0); age++) {
      const at = this.#at + 3 + age * (1 + this.#unitSectors);
      const number = from[at] ?? 0;
      const unit = number >> 2;
      const count = Math.min(commitUnitSectors, lengthSectors - unit * commitUnitSectors);
      const content: Tag[] = [];
      for (let sector = 0; sector < count; sector++) content.push(tagOfContent(from[at + 1 + sector] ?? 0));
      const request = { unit, content: (number & 1) === 1 ? null : content };
      inFlight.push((number & 2) === 2 ? { ...request, joined: true } : request);
    }
    return { dirty, cursor: from[this.#at + 1] ?? 0, inFlight };
  }
}
