/** What would have to be otherwise, for a history of each kind that is wrong. */
import { expect, test } from 'vitest';
import { asQemu } from '../../model/deviations.ts';
import { anyOverlap } from './history.ts';
import type { HistoryEvent } from './history.ts';
import { judgeHistory } from './judge-history.ts';
import { nearestExplanation } from './nearest-explanation.ts';
import { alone, answer, data, read, running, submit, twoSectors, write } from './testing/small-histories.ts';

const checkpoint = { op: 'checkpoint' } as const;

function explanationOf(events: readonly HistoryEvent[]): string | null {
  const verdict = judgeHistory(twoSectors, events);
  if (verdict.kind !== 'wrong') return verdict.kind;
  return nearestExplanation(
    twoSectors,
    events.slice(0, verdict.index + 1),
    verdict.misses,
    anyOverlap,
    asQemu,
  );
}

test.each<readonly [string, readonly HistoryEvent[], string | null]>([
  [
    'a write of the primary shows before the checkpoint',
    [
      ...running,
      submit(4, write('primaryWrite', 1, 7)),
      answer(4),
      submit(5, read('guestRead', 0, 2)),
      submit(6, checkpoint),
      answer(6),
      submit(7, write('guestWrite', 1, 8)),
      answer(5, data(1, 8)),
      answer(7),
      submit(8, read('guestRead', 1)),
      answer(8, data(7)),
    ],
    'as if guestWrite sector 1 tag 8 (request 7) had come before checkpoint (request 6)',
  ],
  [
    'a checkpoint that came too late',
    [
      ...running,
      submit(4, write('primaryWrite', 1, 7)),
      answer(4),
      submit(5, checkpoint),
      answer(5),
      submit(6, read('guestRead', 0, 2)),
      answer(6, data(1, 1)),
    ],
    'as if checkpoint (request 5) had come before primaryWrite sector 1 tag 7 (request 4)',
  ],
  [
    'an acknowledged write that is lost',
    [
      ...running,
      submit(4, write('guestWrite', 0, 7)),
      answer(4),
      submit(5, read('guestRead', 0)),
      answer(5, data(1)),
    ],
    'as if guestRead sector 0 (request 5) had come before guestWrite sector 0 tag 7 (request 4)',
  ],
  [
    'two sectors cut by one checkpoint at two instants',
    [
      ...running,
      submit(3, checkpoint),
      submit(4, write('primaryWrite', 0, 7)),
      answer(4),
      submit(5, write('primaryWrite', 1, 8)),
      answer(5),
      answer(3),
      submit(6, read('guestRead', 0, 2)),
      answer(6, data(1, 8)),
    ],
    'as if primaryWrite sector 1 tag 8 (request 5) had come before primaryWrite sector 0 tag 7 (request 4)',
  ],
  ['what nobody wrote', [...running, ...alone(read('guestRead', 0), data(9))], null],
])('%s', (_, events, text) => {
  expect(explanationOf(events)).toBe(text);
});
