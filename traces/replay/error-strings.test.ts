/** Every error string of the seed is provoked by a saved trace, and so on the real binary as well. */
import { describe, expect, test } from 'vitest';
import { walkOf } from '../../properties/cases/case.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

/** All that replication.c itself sets, by line. */
const errorStrings = [
  [104, 'Missing the option mode'],
  [113, 'The primary side does not support option top-id'],
  [121, 'Missing the option top-id'],
  [126, "The option mode's value should be primary or secondary"],
  [320, 'Backup job was cancelled unexpectedly'],
  [331, 'Active disk active is ejected'],
  [342, 'Hidden disk hidden is ejected'],
  [479, 'Block replication is running or done'],
  [485, "The parameter mode's value is invalid, needs 1, but got 0"],
  [485, "The parameter mode's value is invalid, needs 0, but got 1"],
  [497, "Active disk doesn't have backing file"],
  [504, "Hidden disk doesn't have backing file"],
  [511, "The secondary disk doesn't have block backend"],
  [522, "Active disk, hidden disk, secondary disk's length are not the same"],
  [533, "Active disk or hidden disk doesn't support make_empty"],
  [568, 'Block device is in use by internal backup job'],
  [574, 'No top_bs or it is invalid'],
  [650, 'Block replication is not running'],
  [656, 'I/O error occurred'],
  [704, 'Block replication is not running'],
] as const;

const { operations } = openSubject('qemu').capabilities;
const said = ['traces/saved/regressions', 'traces/saved/deviations'].flatMap(listTraces).flatMap((path) => {
  const testCase = caseOf(readTrace(path));
  if (testCase.operations.some(({ op }) => !operations.includes(op))) return [];
  return walkOf(testCase).steps.flatMap(({ outcome }) => (outcome.kind === 'error' ? [outcome.message] : []));
});

describe('a trace that the real binary is given provokes', () => {
  test.each(errorStrings)('line %i: %s', (_line, text) => {
    expect(said.some((message) => message.includes(text))).toBe(true);
  });
});
