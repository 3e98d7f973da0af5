/** The CPU time of the processes that this one has started, those included that have ended since they were looked at last. */
import { readdirSync, readFileSync } from 'node:fs';

export class ChildrenCpu {
  /** In nanoseconds, by process. */
  readonly #spent = new Map<string, number>();

  /** Microseconds; 0 where the system does not say (proc(5): schedstat, of each thread the time on a processor). */
  microseconds(): number {
    for (const child of children()) {
      this.#spent.set(child, Math.max(this.#spent.get(child) ?? 0, nanosecondsOf(child)));
    }
    return [...this.#spent.values()].reduce((sum, spent) => sum + spent, 0) / 1000;
  }
}

function children(): readonly string[] {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim();
    return text === '' ? [] : text.split(' ');
  } catch {
    return [];
  }
}

function nanosecondsOf(child: string): number {
  try {
    return readdirSync(`/proc/${child}/task`).reduce((sum, thread) => {
      const text = readFileSync(`/proc/${child}/task/${thread}/schedstat`, 'latin1');
      return sum + Number(text.split(' ')[0]);
    }, 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
