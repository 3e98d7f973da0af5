/** Every trace that is recorded in the project, on the efficient implementation. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { runLockstep } from '../../properties/lockstep/lockstep.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

const paths = ['regressions', 'deviations', 'unreachable'].flatMap((name) =>
  listTraces(`traces/saved/${name}`),
);

test('there are traces', () => expect(paths.length).toBeGreaterThan(80));

test.each(paths)('%s agrees', (path) => {
  expect(runLockstep(createEfficientSystem(), caseOf(readTrace(path)), { depth: 'full' })).toBeNull();
});
