/**
 * A secondary of COLO block replication in one file, to start from: one node, no faults. It is as simple as can be, one
 * array entry a sector; an implementation with real bytes would write the payload of `PayloadImages` for each tag.
 *
 *     npm run verify -- --system module:./impl/examples/secondary.ts
 */
import type { Capabilities, NodeSetup, Operation, Outcome, Setup, ShownNode, Stage, System } from 'colocheck';

const control = ['open', 'close', 'start', 'checkpoint', 'getError', 'stop', 'commitSettle'] as const;
const requests = ['guestRead', 'guestWrite', 'primaryRead', 'primaryWrite'] as const;

const capabilities: Capabilities = {
  operations: [...control, ...requests],
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary'],
  modes: ['secondary'],
  defects: [],
  badSectors: [],
  readOnly: [],
  nodesMax: 1,
  control: 'driver',
  commit: 'stepped',
  geometry: { sectorBytes: 'any', lengthSectorsMax: 4096 },
};

const ok: Outcome = { kind: 'ok' };
const error = (message: string): Outcome => ({ kind: 'error', message });
const notRunning = error('Block replication is not running');
const cancelled = error('Backup job was cancelled unexpectedly');
const noExport = error("export 'rep' not present");
const eio: Outcome = { kind: 'errno', errno: 'EIO' };
const einval: Outcome = { kind: 'errno', errno: 'EINVAL' };

export class Secondary implements System {
  readonly name: string = 'secondary.ts';
  readonly version = '1';
  readonly capabilities = capabilities;
  protected disks = new Disks();

  load({ nodes: [node] }: Setup): void {
    this.disks = node === undefined ? new Disks() : new Disks(node);
  }

  unload(): void {}

  observe(): readonly ShownNode[] {
    const { stage, errorFlag, active, hidden, secondary } = this.disks;
    const view = this.disks.refusal(0, 0) ?? { kind: 'data', tags: this.disks.view() };
    return [{ stage, errorFlag, view, active: [...active], hidden: [...hidden], secondary: [...secondary] }];
  }

  apply(operation: Operation): Outcome {
    const { disks } = this;
    switch (operation.op) {
      case 'open':
        return disks.open();
      case 'close':
        return disks.close();
      case 'start':
        return disks.start(operation.mode);
      case 'checkpoint':
        return disks.checkpoint();
      case 'getError':
        return disks.getError();
      case 'stop':
        return disks.stop(operation.failover);
      case 'commitSettle':
        return disks.commitSettle();
      case 'guestRead':
        return disks.guestRead(operation.sector, operation.count);
      case 'guestWrite':
        return disks.guestWrite(operation.sector, operation.count, operation.tag);
      case 'primaryRead':
        return disks.primaryRead(operation.sector, operation.count);
      case 'primaryWrite':
        return disks.primaryWrite(operation.sector, operation.count, operation.tag);
      default:
        throw new Error(`${operation.op} was not declared`);
    }
  }
}

export class Disks {
  stage: Stage = 'closed';
  errorFlag = false;
  readonly length: number;
  readonly secondary: number[];
  active: (number | null)[];
  hidden: (number | null)[];
  protected readonly clusterSectors: number;
  protected readonly copyUnitSectors: number;
  protected readonly copied = new Set<number>();
  readonly #commit: Commit;
  #isCommitted = false;

  constructor(setup?: NodeSetup) {
    this.length = setup?.geometry.lengthSectors ?? 0;
    this.clusterSectors = setup?.geometry.activeClusterSectors ?? 1;
    this.copyUnitSectors = setup?.geometry.copyUnitSectors ?? 1;
    this.#commit = new Commit(this, setup?.geometry.commitUnitSectors ?? 1, setup?.commitRequestsMax ?? 1);
    this.secondary = Array<number>(this.length).fill(0);
    for (const { sector, count, tag } of setup?.initialContent ?? [])
      this.secondary.fill(tag, sector, sector + count);
    this.active = this.#unallocated();
    this.hidden = this.#unallocated();
  }

  // Control: open, close, and the calls of the manager

  open(): Outcome {
    if (this.stage !== 'closed') return error("Duplicate nodes with node-name='rep'");
    this.#become('none');
    return ok;
  }

  close(): Outcome {
    if (this.stage === 'closed') return error("Failed to find node with node-name='rep'");
    if (this.stage === 'running')
      return error("Node 'rep' is busy: Block device is in use by internal backup job");
    this.#commit.finishRequests();
    this.#become('closed');
    return ok;
  }

  start(mode: string): Outcome {
    if (this.stage === 'running') return error('Block replication is running or done');
    if (this.stage !== 'none') return ok;
    if (mode !== 'secondary') return error("The parameter mode's value is invalid, needs 1, but got 0");
    this.stage = 'running';
    return this.checkpoint();
  }

  checkpoint(): Outcome {
    if (this.stage === 'none') return cancelled;
    if (this.stage !== 'running') return ok;
    this.active = this.#unallocated();
    this.hidden = this.#unallocated();
    this.copied.clear();
    return ok;
  }

  getError(): Outcome {
    if (this.stage === 'none') return notRunning;
    return this.errorFlag ? error('I/O error occurred') : ok;
  }

  stop(failover: boolean): Outcome {
    if (this.stage !== 'running') return this.stage === 'none' ? notRunning : ok;
    // The backup job ends, which looks like an error until the commit has succeeded.
    this.errorFlag = true;
    this.stage = failover ? 'failover' : 'done';
    if (!failover) return cancelled;
    this.#commit.begin();
    return ok;
  }

  commitSettle(): Outcome {
    if (this.stage !== 'failover') return ok;
    this.#commit.settle();
    this.stage = 'done';
    this.errorFlag = false;
    this.#isCommitted = true;
    return ok;
  }

  #become(stage: 'none' | 'closed'): void {
    this.stage = stage;
    this.errorFlag = false;
    this.#isCommitted = false;
  }

  // Requests of the guest, through active over hidden over secondary

  view(): number[] {
    if (this.#isCommitted) return [...this.secondary];
    return this.secondary.map((below, sector) => this.active[sector] ?? this.hidden[sector] ?? below);
  }

  refusal(sector: number, count: number): Outcome | null {
    if (this.stage === 'closed') return noExport;
    if (sector + count > this.length) return einval;
    return this.stage === 'none' ? eio : null;
  }

  guestRead(sector: number, count: number): Outcome {
    return this.refusal(sector, count) ?? { kind: 'data', tags: this.view().slice(sector, sector + count) };
  }

  guestWrite(sector: number, count: number, tag: number): Outcome {
    const refusal = this.refusal(sector, count);
    if (refusal !== null || count === 0) return refusal ?? ok;
    if (this.#isCommitted) {
      this.secondary.fill(tag, sector, sector + count);
      return ok;
    }
    const end = Math.ceil((sector + count) / this.clusterSectors) * this.clusterSectors;
    this.fillClusters(sector - (sector % this.clusterSectors), Math.min(end, this.length));
    this.active.fill(tag, sector, sector + count);
    if (this.stage === 'failover') this.#commit.markDirty(sector, count);
    return ok;
  }

  protected fillClusters(first: number, end: number): void {
    const below = this.view();
    for (let sector = first; sector < end; sector++) this.active[sector] ??= below[sector] ?? 0;
  }

  // Requests of the primary, at the secondary disk

  primaryRead(sector: number, count: number): Outcome {
    if (sector + count > this.length) return einval;
    return { kind: 'data', tags: this.secondary.slice(sector, sector + count) };
  }

  primaryWrite(sector: number, count: number, tag: number): Outcome {
    if (sector + count > this.length) return einval;
    if (this.stage === 'running') this.copyBeforeWrite(sector, sector + count);
    this.secondary.fill(tag, sector, sector + count);
    return ok;
  }

  protected copyBeforeWrite(start: number, end: number): void {
    for (let first = start - (start % this.copyUnitSectors); first < end; first += this.copyUnitSectors) {
      if (this.copied.has(first)) continue;
      this.copied.add(first);
      const unit = this.secondary.slice(first, first + this.copyUnitSectors);
      for (const [index, tag] of unit.entries()) this.hidden[first + index] = tag;
    }
  }

  #unallocated(): null[] {
    return Array<null>(this.length).fill(null);
  }
}

/** The commit of a failover: a unit is read when its request starts, and written when that completes. */
class Commit {
  readonly #disks: Disks;
  readonly #unitSectors: number;
  readonly #requestsMax: number;
  readonly #dirty = new Set<number>();
  #inFlight: { readonly unit: number; readonly content: readonly number[] }[] = [];
  #cursor = 0;

  constructor(disks: Disks, unitSectors: number, requestsMax: number) {
    this.#disks = disks;
    this.#unitSectors = unitSectors;
    this.#requestsMax = requestsMax;
  }

  begin(): void {
    const { active, hidden } = this.#disks;
    this.#cursor = 0;
    this.#dirty.clear();
    for (let sector = 0; sector < this.#disks.length; sector++) {
      const isAbove = active[sector] !== null || hidden[sector] !== null;
      if (isAbove) this.#dirty.add(Math.floor(sector / this.#unitSectors));
    }
    this.#startRequests();
  }

  markDirty(sector: number, count: number): void {
    const last = Math.floor((sector + count - 1) / this.#unitSectors);
    for (let unit = Math.floor(sector / this.#unitSectors); unit <= last; unit++) this.#dirty.add(unit);
  }

  finishRequests(): void {
    for (const { unit, content } of this.#inFlight) {
      for (const [index, tag] of content.entries())
        this.#disks.secondary[unit * this.#unitSectors + index] = tag;
    }
    this.#inFlight = [];
  }

  settle(): void {
    while (this.#inFlight.length > 0 || this.#dirty.size > 0) {
      this.finishRequests();
      this.#startRequests();
    }
  }

  #startRequests(): void {
    while (this.#dirty.size > 0 && this.#inFlight.length < this.#requestsMax) {
      const waiting = [...this.#dirty];
      const ahead = waiting.filter((unit) => unit >= this.#cursor);
      const next = Math.min(...(ahead.length > 0 ? ahead : waiting));
      if (this.#inFlight.some(({ unit }) => unit === next)) return;
      const first = next * this.#unitSectors;
      this.#inFlight.push({
        unit: next,
        content: this.#disks.view().slice(first, first + this.#unitSectors),
      });
      this.#dirty.delete(next);
      this.#cursor = next + 1;
    }
  }
}

export default (): System => new Secondary();
