/**
 * Ends what a run holds outside this process, however the run ends: a shell reads from a pipe of this process what is
 * held, and kills and removes it when the pipe ends. Nothing else outlives `kill -9`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { onProcessEnd } from './exit-cleanup.ts';

/** `+THING` is held, `-THING` is let go; a thing is the number of a process group, or the path of a folder. */
const SCRIPT = `
while IFS= read -r line; do
  thing=\${line#?}
  case $line in
    +*) set -- "$@" "$thing" ;;
    -*) for held do shift; [ "$held" = "$thing" ] || set -- "$@" "$held"; done ;;
  esac
done
for held do case $held in /*) ;; *) kill -s KILL -- "-$held" ;; esac; done
for held do case $held in /*) rm -rf -- "$held" ;; esac; done
`;

/**
 * For `sh -c`: begins the program that the words name, when a line comes. A process that leads a group waits so until the
 * group is held: were this process killed between the two, nothing would have begun. `read` takes one line and no more.
 */
export const BEGUN_BY_A_LINE = 'read -r begin && exec "$@"';

/** Null before anything was held, and where there is no shell. */
let guard: ChildProcess | null = null;
const held = new Set<string>();

/** The process groups that are held. */
export function heldGroups(): ReadonlySet<number> {
  return new Set([...held].filter((thing) => !thing.startsWith('/')).map(Number));
}

/** Kills the whole group of a process that leads one, when this process ends. The returned function forgets it. */
export function holdGroup(leader: number): () => void {
  return hold(String(leader), () => killGroup(leader));
}

/** Removes a folder, by its absolute path, when this process ends. The returned function forgets it. */
export function holdFolder(path: string, remove: () => void): () => void {
  // A path with a line break cannot be said in one line: what ends in order still removes it.
  return path.startsWith('/') && !path.includes('\n') ? hold(path, remove) : onProcessEnd(remove);
}

/** Nothing where the group is gone already. */
export function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function hold(thing: string, cleanup: () => void): () => void {
  held.add(thing);
  tell(`+${thing}`);
  const forget = onProcessEnd(cleanup);
  return () => {
    forget();
    if (held.delete(thing)) tell(`-${thing}`);
  };
}

/** The line is in the pipe when this returns: it is read even if this process is killed next. */
function tell(line: string): void {
  if (guard === null) {
    guard = startGuard();
    // One that was killed has forgotten what it was sent.
    for (const thing of held) guard?.stdin?.write(`+${thing}\n`);
    return;
  }
  guard.stdin?.write(`${line}\n`);
}

function startGuard(): ChildProcess | null {
  if (process.platform === 'win32') return null;
  // A session of its own: what ends a terminal's processes must not end the one that cleans up behind them.
  const child = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const forget = (): void => {
    if (guard === child) guard = null;
  };
  child.on('error', forget);
  child.on('exit', forget);
  child.stdin?.on('error', forget);
  child.unref();
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function')
    child.stdin.unref();
  return child;
}
