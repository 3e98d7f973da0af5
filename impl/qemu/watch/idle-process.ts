/** Detects that a process waits for us: it has been sent all that it asked for, and none of its threads has anything to do. */
import { readdirSync, readFileSync } from 'node:fs';

/** Between two looks the event loop reads whatever the process has written before it fell asleep. */
const LOOK_MS = 2;
/** So many looks in a row must find it asleep: a timer of its own may wake it. */
const LOOKS_MIN = 5;
/** Where the system does not say what the threads do, silence counts for so many looks. */
const SILENT_LOOKS_MIN = 250;

export interface Awaited {
  readonly pid: number | undefined;
  /** Another number than before if anything has come from the process since, or is still on its way to it. */
  readonly received: () => number;
  /** The process waits for something else than the answer. Says whether that is on its way now. */
  readonly onIdle: () => boolean;
}

/** The answer. Each time that the process is found to wait before it has answered, `onIdle` is called. */
export async function answerOf<Answer>(answer: Promise<Answer>, awaited: Awaited): Promise<Answer> {
  const settled = answer.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  for (;;) {
    const idle = untilIdle(awaited.pid, awaited.received);
    const first = await Promise.race([settled, idle.found]);
    idle.stop();
    if (first === 'settled' || !awaited.onIdle()) return answer;
  }
}

export interface IdleWatch {
  /** Settled as soon as the process waits for us. */
  readonly found: Promise<void>;
  /** Ends the looking, after which it never is. */
  readonly stop: () => void;
}

export function untilIdle(pid: number | undefined, received: () => number): IdleWatch {
  let timer: NodeJS.Timeout | undefined;
  const found = new Promise<void>((resolve) => {
    let looks = 0;
    let known = received();
    timer = setInterval(() => {
      const now = received();
      const asleep = isAsleep(pid);
      looks = now !== known || asleep === false ? 0 : looks + 1;
      known = now;
      if (looks < (asleep === null ? SILENT_LOOKS_MIN : LOOKS_MIN)) return;
      clearInterval(timer);
      resolve();
    }, LOOK_MS);
  });
  return { found, stop: () => clearInterval(timer) };
}

/** Whether all threads sleep (proc(5): state S); null where the system does not say. */
export function isAsleep(pid: number | undefined): boolean | null {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      // The state comes after the name, which is in parentheses and may have some itself.
      return text.slice(text.lastIndexOf(')') + 2).startsWith('S');
    });
  } catch {
    return null;
  }
}
