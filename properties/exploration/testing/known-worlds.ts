/** Worlds with their known counts, for the tests that search them. */
import { chooseWorlds } from '../explore-command.ts';
import type { ExplorationOptions } from '../search/exploration.ts';
import type { World } from '../worlds/world.ts';

export const whole: ExplorationOptions = {
  systemName: 'impl',
  workers: 1,
  memoryBytes: 2 ** 30,
  depthMax: Infinity,
  statesMax: Infinity,
  secondsMax: Infinity,
  reduction: 'reduced',
  checkpoint: null,
};

export function named(name: string): World {
  const [world] = chooseWorlds([name]);
  if (world === undefined) throw new Error(name);
  return world;
}

/** States, transitions, and the longest of the shortest ways: any change of meaning shows here. */
export const golden: Readonly<Record<string, readonly [number, number, number]>> = {
  primary: [112, 6160, 8],
  'two-clusters': [6052, 175_508, 13],
  'step-by-step': [3528, 77_616, 13],
  'failing-checkpoints': [150_528, 4_064_256, 15],
  'wrong-top-id': [14, 406, 6],
  'second-starts': [202, 2222, 13],
  'wide-guest-writes': [8, 48, 5],
  'failing-guest-writes': [144, 1296, 10],
  'bad-sectors': [131_040, 3_538_080, 20],
  'split-writes': [320_832, 5_774_976, 22],
  'sliced-writes': [5480, 71_240, 14],
  'long-copies': [376, 3760, 11],
  'joined-commits': [4552, 81_936, 12],
  'two-disks': [32_170, 772_080, 14],
  'exchangeable-clusters': [2854, 77_058, 12],
  'unequal-units': [13_020, 651_000, 14],
  'partial-writes': [975_392, 52_671_168, 21],
};

/** More of them take longer than a test that everybody runs. */
const QUICK_TRANSITIONS_MAX = 200_000;

/** Those that are searched by default, the quick ones or the others, with their names. */
export function worldsThatAre(quick: boolean): (readonly [string, World])[] {
  return chooseWorlds([])
    .filter(({ name }) => (golden[name]?.[1] ?? 0) <= QUICK_TRANSITIONS_MAX === quick)
    .map((world) => [world.name, world] as const);
}
