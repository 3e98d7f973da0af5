/** A mutation run that has ended, as a result. */
import { shortcomings } from './matrix-table.ts';
import type { Shard } from '../jobs/shard.ts';
import { RESULT_VERSION } from '../results/result-head.ts';
import type { MutantsResult } from '../results/result-schema.ts';
import { versionsHere } from '../jobs/versions.ts';

/** `options` name the mutants of every shard. */
export function mutantsResult(
  rows: MutantsResult['rows'],
  shard: Shard,
  repeat: string,
  options: MutantsResult['options'],
): MutantsResult {
  return {
    format: 'colocheck-result',
    version: RESULT_VERSION,
    command: 'mutants',
    repeat,
    versions: versionsHere(),
    system: { name: 'mutants', option: 'mutants' },
    comparison: 'qemu',
    shards: { count: shard.count, done: [shard.index] },
    options,
    rows,
  };
}

/** What should not be, a line each. `mutantsCount` is that of the whole catalogue, all of which must put every law to work. */
export function mutantsShortcomings(
  { rows, options, shards }: MutantsResult,
  mutantsCount: number,
): readonly string[] {
  const analysed = new Set(rows.map(({ mutant }) => mutant));
  const left = options.mutants.filter((name) => !analysed.has(name));
  return [
    ...shortcomings(rows, rows.length === mutantsCount),
    ...(shards.count === 1 ? left.map((name) => `${name} was not analysed`) : []),
  ];
}
