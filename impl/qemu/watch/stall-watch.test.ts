/** Silence is a hang where the process could have spoken, and only there. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { queuedMs } from '../../held/run-queue.ts';
import { StallWatch } from './stall-watch.ts';

const LIMIT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** After how many milliseconds a hang is reported, of at most `mostMs`; `queued` is asked at each look. */
async function reportedAfter(
  mostMs: number,
  queued: () => number,
  during: (watch: StallWatch, ms: number) => void = () => {},
): Promise<number | null> {
  const reported: number[] = [];
  let now = 0;
  const watch = new StallWatch(LIMIT_MS, () => reported.push(now), queued);
  watch.begin();
  for (now = 0; now < mostMs && reported.length === 0; now += 100) {
    during(watch, now);
    await vi.advanceTimersByTimeAsync(100);
  }
  watch.stop();
  return reported[0] ?? null;
}

describe('a process that is silent', () => {
  test('and could run is reported at the limit', async () => {
    expect(await reportedAfter(5000, () => 0)).toBe(1000);
  });

  test('is not reported as long as it waits for a processor', async () => {
    let queued = 0;
    expect(await reportedAfter(5000, () => (queued += 100))).toBeNull();
  });

  test('is reported soon after it has waited', async () => {
    const looks = [0, 400, 800];
    expect(await reportedAfter(5000, () => looks.shift() ?? 800)).toBe(2000);
  });

  test('and waits for ever is reported in the end', async () => {
    let queued = 0;
    expect(await reportedAfter(20_000, () => (queued += 500))).toBe(12_000);
  });

  test('has its time anew when something has come', async () => {
    const moves = (watch: StallWatch, ms: number): void => {
      if (ms === 800) watch.moved();
    };
    expect(await reportedAfter(5000, () => 0, moves)).toBe(1800);
  });
});

test.skipIf(process.platform !== 'linux')('a process that wants a taken processor is queued', () => {
  const before = queuedMs();
  expect(before).toBeGreaterThanOrEqual(0);
  expect(Number.isFinite(before)).toBe(true);
});
