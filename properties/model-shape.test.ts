/** The model stands beside replication.c: the driver's functions in their order, and each deviation asked at its line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changes, deviations, profiles } from '../model/deviations.ts';
import type { DeviationName } from '../model/deviations.ts';

const folder = join(import.meta.dirname, '../model');

function source(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

/** The functions of replication.c and their lines, from its first to its last. */
const driver = [
  ['replication_open', 82, 137],
  ['replication_close', 139, 159],
  ['replication_child_perm', 161, 180],
  ['replication_co_getlength', 182, 185],
  ['replication_get_io_status', 187, 207],
  ['replication_return_value', 209, 221],
  ['replication_co_readv', 223, 245],
  ['replication_co_writev', 247, 310],
  ['secondary_do_checkpoint', 312, 351],
  ['reopen_backing_file', 353, 401],
  ['backup_job_cleanup', 403, 417],
  ['backup_job_completed', 419, 430],
  ['check_top_bs', 432, 449],
  ['replication_start', 451, 610],
  ['replication_do_checkpoint', 612, 637],
  ['replication_get_error', 639, 661],
  ['replication_done', 663, 680],
  ['replication_stop', 682, 744],
] as const;

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What replication.ts cites above its functions: the C name, its lines, and the name of the function that follows. */
function cited(): readonly (readonly [string, number, number, string | undefined])[] {
  const comment = /\/\*\* (\w+) \((\d+)-(\d+)\)(?:(?!\*\/)[\s\S])*\*\/\n(?:export )?function (\w+)/g;
  return [...source('replication.ts').matchAll(comment)].map(([, name = '', first, last, follows]) => [
    name,
    Number(first),
    Number(last),
    follows,
  ]);
}

describe('model/replication.ts', () => {
  test('has every function of the driver under its name and with its lines', () => {
    expect(cited()).toEqual(driver.map(([name, first, last]) => [name, first, last, camelCase(name)]));
  });

  test('and in the order in which the driver has them', () => {
    const lines = cited().flatMap(([, first, last]) => [first, last]);
    expect(lines).toEqual(lines.toSorted((left, right) => left - right));
  });

  test('says of what is not there why', () => {
    expect(source('replication.ts')).toContain('Not here: bdrv_replication_init (771-774)');
  });
});

describe('each deviation', () => {
  const names = Object.keys(deviations).filter((name): name is DeviationName => name in deviations);
  const asking = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'deviations.ts')
    .map(source)
    .join('');
  const timesAsked = (name: string): number => asking.split(`'${name}'`).length - 1;

  test.each(names)('%s is asked in the model if there is another way', (name) => {
    const ways = profiles.document(name);
    expect(timesAsked(name) > 0).toBe(ways.length > 1);
  });

  test('no other name is asked', () => {
    const asked = [...asking.matchAll(/follow\('([\w-]+)'\)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(20);
    const known = [...names, ...Object.keys(changes)];
    expect(asked.filter((name) => !known.some((each) => each === name))).toEqual([]);
  });
});
