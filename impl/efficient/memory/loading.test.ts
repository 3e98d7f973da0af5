/** What a case begins with, and what is said of a case that cannot be loaded or is not there. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../efficient-system.ts';
import { Scenario, TINY, data } from '../testing/scenario.ts';

describe('initial content', () => {
  test('lies where it is said to, and the rest is zeroes', () => {
    const scenario = Scenario.running(TINY, {
      initialContent: [
        { sector: 3, count: 2, tag: 5 },
        { sector: 6, count: 1, tag: 7 },
      ],
    });
    expect(scenario.observe().secondary).toEqual([0, 0, 0, 5, 5, 0, 7, 0]);
    expect(scenario.guestRead(2, 5)).toEqual(data(0, 5, 5, 0, 7));
  });

  test('past the end is refused', () => {
    expect(() => new Scenario(TINY, { initialContent: [{ sector: 7, count: 3, tag: 1 }] })).toThrow(
      new RangeError('setup.initialContent has sectors 7 to 9: the disk has 8'),
    );
  });
});

describe('what is not there is reported', () => {
  test('no case', () => {
    expect(() => createEfficientSystem().apply({ op: 'open' })).toThrow(
      new Error('no case is loaded: call load(setup) first'),
    );
  });

  test('a node beyond the last', () => {
    expect(() => new Scenario(TINY).do({ op: 'open', node: 1 })).toThrow(new Error('there is no node 1'));
  });

  test('a fourth place for a node', () => {
    const { setup } = new Scenario(TINY);
    const system = createEfficientSystem();
    expect(() => system.load({ nodes: [setup, setup, setup, setup] })).toThrow(
      new RangeError('a host has at most 3 nodes'),
    );
  });

  test('a case that was unloaded', () => {
    const { system } = new Scenario(TINY);
    system.unload();
    expect(system.observe()).toEqual([]);
    expect(() => system.apply({ op: 'open' })).toThrow('no case is loaded');
  });
});

test('it declares what it has', () => {
  expect(createEfficientSystem().name).toBe('efficient');
  expect(createEfficientSystem().capabilities).toMatchObject({
    observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary', 'wiring'],
    modes: ['primary', 'secondary'],
    readOnly: ['hidden', 'secondary', 'active', 'node'],
    control: 'driver',
    commit: 'stepped',
    geometry: { sectorBytes: 'any', lengthSectorsMax: 65_536, slices: 'any' },
  });
});
