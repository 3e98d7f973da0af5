/** How much memory a job holds as it goes on: a campaign of an hour must not need more than one of a minute. */
import { readdirSync, readFileSync } from 'node:fs';
import { heldGroups } from '../../impl/held/guard.ts';

/** Bytes in memory. `system` are the processes that the system under test runs in; null where that cannot be known. */
export interface MemoryPoint {
  readonly seconds: number;
  readonly own: number;
  readonly system: number | null;
}

export interface Memory {
  readonly start: MemoryPoint;
  /** After a minute: caches are full by then, and code is compiled. Null where the job was shorter. */
  readonly warm: MemoryPoint | null;
  readonly end: MemoryPoint;
  /** The most that was seen of this process. */
  readonly highest: number;
}

const WARM_SECONDS = 60;
/** How often it is looked. */
const EVERY_SECONDS = 1;

export class MemoryWatch {
  readonly #start: MemoryPoint = pointAt(0);
  #warm: MemoryPoint | null = null;
  #highest = this.#start.own;
  #nextSeconds = EVERY_SECONDS;

  /** May be called often. */
  look(seconds: number): void {
    if (seconds < this.#nextSeconds) return;
    this.#nextSeconds = seconds + EVERY_SECONDS;
    this.#highest = Math.max(this.#highest, process.memoryUsage.rss());
    if (this.#warm === null && seconds >= WARM_SECONDS) this.#warm = pointAt(seconds);
  }

  end(seconds: number): Memory {
    const end = pointAt(seconds);
    return { start: this.#start, warm: this.#warm, end, highest: Math.max(this.#highest, end.own) };
  }
}

function pointAt(seconds: number): MemoryPoint {
  return {
    seconds: Number(seconds.toFixed(3)),
    own: process.memoryUsage.rss(),
    system: ofGroups(heldGroups()),
  };
}

/** Of all processes of some groups; null where there are none, or no `/proc` to ask. */
export function ofGroups(groups: ReadonlySet<number>): number | null {
  if (groups.size === 0 || process.platform !== 'linux') return null;
  const bytes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? bytesOf(name, groups) : []));
  return bytes.length === 0 ? null : bytes.reduce((sum, each) => sum + each, 0);
}

function bytesOf(pid: string, groups: ReadonlySet<number>): number[] {
  try {
    // The name before it may hold anything, brackets too.
    const [, , group] = (readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '').split(' ');
    if (!groups.has(Number(group))) return [];
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? [] : [Number(kilobytes) * 1024];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
