/** Progress lines: one rewritten on a terminal, one every ten seconds elsewhere. */
import { expect, test } from 'vitest';
import { fourClusters } from '../../model/testing/scenario.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import { ProgressLine, progressText } from './progress.ts';
import { emptyStatistics } from './statistics.ts';
import type { Statistics } from './statistics.ts';

const closed = initialState({ nodes: [fourClusters] });
const open = { op: 'open' } as const;
const goal = { cellsReachable: 4, secondsMax: 60, casesMax: Infinity };

function statisticsAt(seconds: number): Statistics {
  const statistics = emptyStatistics(0);
  statistics.coverage.count(closed, open, step(closed, open));
  return { ...statistics, cases: 10, seconds };
}

function linesAt(isTTY: boolean, times: readonly number[]): string[] {
  const lines: string[] = [];
  const progress = new ProgressLine({ isTTY, write: (text: string) => lines.push(text) });
  for (const seconds of times) progress.show(seconds, () => progressText(statisticsAt(seconds), goal));
  return lines;
}

test('away from a terminal the first line comes within a second, then one every ten', () => {
  const lines = linesAt(false, [0.1, 0.6, 5, 9.9, 10.7, 15, 21]);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe('10 cases, 1 operations checked, 2/s, 25 % of cells, 60 s left\n');
});

test('on a terminal one line is written over and over', () => {
  const lines = linesAt(true, [0.6, 0.7, 0.9, 1.2]);
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.startsWith('\r\u001b[2K10 cases')).toBe(true);
  for (const line of lines) expect(line.endsWith('left')).toBe(true);
});
