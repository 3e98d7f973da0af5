/** A driver that counts what it reaches. */
import { describe, expect, test } from 'vitest';
import type { Setup } from '../../../model/vocabulary.ts';
import { compileText } from '../compile/compiled-driver.ts';
import { DriverSystem } from '../driver-system.ts';
import { fixtureDriver } from '../testing/fixture-driver.ts';
import { noCompiler } from '../testing/found-drivers.ts';
import { countedText } from './counted-text.ts';

const setup: Setup = {
  nodes: [
    {
      mode: 'primary',
      geometry: {
        lengthSectors: 2,
        sectorBytes: 8,
        activeClusterSectors: 1,
        hiddenClusterSectors: 1,
        copyUnitSectors: 1,
        commitUnitSectors: 1,
      },
      initialContent: [],
      readOnly: [],
      badSectors: [],
      defects: [],
      commitRequestsMax: 1,
    },
  ],
};

const start = `
    if (s->error || (mode == REPLICATION_MODE_PRIMARY && errp)) {
        s->error = s->error ? 2 : 1;
        goto out;
    }
    s->error = 3;
out:
    s->error++;`;

describe.skipIf(noCompiler !== null)('a counted driver', () => {
  const { text, places, countersUsed } = countedText(fixtureDriver(start), 'fixture');

  function countsAfter(starts: number): Readonly<Record<string, string>> {
    const system = new DriverSystem('driver:counted', compileText(text, 'counted'));
    system.load(setup);
    system.apply({ op: 'open' });
    for (let time = 0; time < starts; time++) system.apply({ op: 'start', mode: 'primary' });
    const counts = system.counts(countersUsed);
    const own = places.filter((place) => place.function === 'start');
    return Object.fromEntries(
      own.map(({ kind, what, at }) => [
        `${kind} ${what}`,
        kind === 'statement' ? `${counts[at]}` : `${counts[at]} ${counts[at + 1]}`,
      ]),
    );
  }

  test('has run nothing of a start before one', () => {
    expect(Object.values(countsAfter(0)).filter((count) => !/^0( 0)?$/.test(count))).toEqual([]);
  });

  test('counts statements, and conditions and their operands by what they come to', () => {
    expect(countsAfter(3)).toMatchObject({
      'condition s->error || (mode == REPLICATION_MODE_PRIMARY && errp)': '0 3',
      'condition s->error': '1 2',
      'condition mode == REPLICATION_MODE_PRIMARY': '0 1',
      'condition errp': '0 1',
      'statement s->error = s->error ? 2 : 1': '3',
      'statement goto out': '3',
      'statement s->error = 3': '0',
      'statement s->error++': '3',
    });
  });
});
