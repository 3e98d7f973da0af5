/** Which worlds a system is given. */
import { expect, test } from 'vitest';
import { everything } from '../cases/full-capabilities.ts';
import { worldsFor } from './explore-command.ts';
import { worlds } from './worlds/worlds.ts';

const { joinsCommitUnits: _joins, ...capabilities } = everything;
const unitByUnit = { name: 'unit-by-unit', capabilities };
const daily = worlds.filter(({ nightly }) => nightly !== true);

test('a system that can be given everything gets every world', () => {
  expect(worldsFor({ name: 'all', capabilities: everything }, [])).toEqual(daily);
});

test('a world that a system cannot be given is left out, and refused where it is named', () => {
  const left = worldsFor(unitByUnit, []).map(({ name }) => name);
  expect(left).toEqual(daily.map(({ name }) => name).filter((name) => name !== 'joined-commits'));
  expect(() => worldsFor(unitByUnit, ['two-clusters', 'joined-commits'])).toThrow(
    /^unit-by-unit cannot be given joined-commits: /,
  );
});
