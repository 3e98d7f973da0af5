import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { mutants } from '../../../impl/mutants/catalogue.ts';
import { createMutant } from '../../../impl/mutants/mutant.ts';
import type { System } from '../../../impl/system.ts';
import { initialState } from '../../../model/node.ts';
import { step } from '../../../model/step.ts';
import { signatureOf } from '../../comparison/divergence.ts';
import { runLockstep } from '../../lockstep/lockstep.ts';
import { openSystem, systemNames } from '../../subjects/subjects.ts';
import { operationProblem, setupProblem } from '../../cases/setup-problem.ts';
import { readTrace } from '../../../traces/format/trace-file.ts';
import { everything } from '../../cases/full-capabilities.ts';
import { golden, named, whole, worldsThatAre } from '../testing/known-worlds.ts';
import { explore } from './exploration.ts';
import { goals } from '../worlds/goals.ts';
import { enumerate } from '../worlds/plain-enumeration.ts';
import { checkpointFile } from './search-checkpoint.ts';
import { permutations } from '../product/symmetry.ts';
import type { World } from '../worlds/world.ts';
import { worlds } from '../worlds/worlds.ts';

describe('exhaustive search: whole worlds', () => {
  test.each(worldsThatAre(true))(
    '%s is explored completely, with the known counts and the known witnesses',
    async (name, world) => {
      const result = await explore(world, createEfficientSystem(), whole);
      expect(result.counterexample).toBeNull();
      expect(result.ended).toBe('complete');
      expect([result.states, result.transitions, result.depth]).toEqual(golden[name]);
      for (const [goal, witness] of result.witnesses) {
        const saved = readTrace(`traces/saved/witnesses/${goal}.json`);
        expect(witness?.operations.length, goal).toBeGreaterThanOrEqual(saved.operations.length);
      }
    },
    240_000,
  );

  test('every operation of every world is one that a trace can hold', () => {
    for (const { setup, alphabet } of worlds) {
      expect(setupProblem(setup, everything)).toBeNull();
      expect(alphabet.filter((operation) => operationProblem(operation, setup) !== null)).toEqual([]);
    }
  });
});

describe('exhaustive search: independent counts', () => {
  test.each([
    'primary',
    'wrong-top-id',
    'second-starts',
    'wide-guest-writes',
    'failing-guest-writes',
    'step-by-step',
    'sliced-writes',
    'long-copies',
  ])('a plain depth-first enumeration of %s without symmetry comes to the same', async (name) => {
    const world = named(name);
    const plain = enumerate(world);
    const { states, transitions } = await explore(world, createEfficientSystem(), {
      ...whole,
      reduction: 'unreduced',
    });
    expect([states, transitions]).toEqual([plain.states.length, plain.transitions]);
  });

  test.each([
    ['step-by-step', 1],
    ['exchangeable-clusters', 3],
  ])(
    '%s reduced has one state for each class of states that renaming makes equal',
    async (name, clusters) => {
      const world = named(name);
      const { states } = await explore(world, createEfficientSystem(), whole);
      const classes = new Set(enumerate(world).states.map((state) => smallestName(state, clusters)));
      expect(states).toBe(classes.size);
    },
  );
});

/** The least JSON of all states that exchanging tags 1 and 2, and sectors of a disk of `clusters`, makes of a state. */
function smallestName(
  { host, remembered }: ReturnType<typeof enumerate>['states'][number],
  clusters: number,
): string {
  const names: string[] = [];
  for (const swap of [false, true]) {
    const name = (tag: number | null): number | null => (tag === null || tag === 0 || !swap ? tag : 3 - tag);
    for (const order of clusters === 1 ? [null] : permutations([...Array(clusters).keys()])) {
      const place = <Entry>(entries: readonly Entry[]): Entry[] =>
        order === null ? [...entries] : order.flatMap((sector) => entries.slice(sector, sector + 1));
      const nodes = host.nodes.map(({ active, hidden, secondary, copied, commitJob, ...rest }) => {
        const layers = [active, hidden, secondary].map((layer) => place<number | null>(layer).map(name));
        const inFlight = commitJob?.inFlight.map(({ unit, content }) => [unit, content?.map(name)]);
        return [rest, { ...commitJob, inFlight }, layers, place(copied)];
      });
      names.push(JSON.stringify([nodes, host.newestFirst, host.dead, remembered]));
    }
  }
  return names.toSorted()[0] ?? '';
}

describe('exhaustive search: what it finds', () => {
  const found = async (system: string, world: string) =>
    explore(named(world), openSystem(system), { ...whole, systemName: system });

  test.each([
    ['mutant:no-copy-before-a-write', 'two-clusters', 3],
    ['mutant:checkpoint-does-not-empty-active', 'two-clusters', 4],
    ['mutant:commit-of-active-only', 'two-clusters', 5],
    ['mutant:writes-after-a-failed-commit-all-go-to-active', 'bad-sectors', 7],
    ['mutant:a-failed-start-frees-the-blocker', 'wrong-top-id', 3],
    ['mutant:nodes-are-asked-oldest-first', 'two-disks', 4],
  ])('%s is found in %s by a shortest case of %i operations', async (system, world, length) => {
    const { ended, counterexample } = await found(system, world);
    expect(ended).toBe('divergence');
    expect(counterexample?.operations).toHaveLength(length);
    if (counterexample === null) return;
    const divergence = runLockstep(openSystem(system), counterexample, { depth: 'full' });
    expect(divergence?.index).toBe(length - 1);
    if (divergence !== null) expect(signatureOf(divergence)).not.toBe('');
  });

  test('there are bugs to be found', () => {
    expect(systemNames.length).toBeGreaterThan(30);
  });

  test('a system that does not take back the state it has handed out is refused', async () => {
    const system = createEfficientSystem();
    const forgetful: System = {
      ...boundTo(system),
      states: {
        layout: (alphabet) => system.states?.layout(alphabet) ?? [],
        save: (into) => system.states?.save(into),
        // Forgets which units have been copied: the second field of the first node.
        restore: (from) => system.states?.restore(from.map((number, field) => (field === 2 ? 0 : number))),
      },
    };
    await expect(explore(named('two-clusters'), forgetful, whole)).rejects.toThrow(
      'does not restore what it has saved',
    );
  });

  test('a goal that cannot be reached is reported as such', async () => {
    const world = { ...named('wrong-top-id'), goals: ['promoted'] };
    const { ended, witnesses } = await explore(world, createEfficientSystem(), whole);
    expect(ended).toBe('complete');
    expect(witnesses.get('promoted')).toBeNull();
  });

  test.each(goals.map(({ name, holds }) => [name, holds] as const))(
    'the witness of %s leads there, and no earlier',
    (name, holds) => {
      const { setup, operations } = readTrace(`traces/saved/witnesses/${name}.json`);
      let host = initialState(setup);
      const held = operations.map((operation) => {
        ({ host } = step(host, operation));
        return holds(host);
      });
      expect(held.indexOf(true)).toBe(operations.length - 1);
    },
  );
});

function boundTo(system: System): Omit<System, 'states'> {
  return {
    name: 'forgetful',
    capabilities: system.capabilities,
    load: (setup) => system.load(setup),
    apply: (operation) => system.apply(operation),
    observe: () => system.observe(),
    agrees: (...given) => system.agrees?.(...given) ?? false,
    unload: () => system.unload(),
  };
}

describe('exhaustive search: bounds, threads and checkpoints', () => {
  const world = named('bad-sectors');
  const small = named('two-clusters');

  test('two threads come to the same counts as one', async () => {
    const { ended, states, transitions, depth } = await explore(small, createEfficientSystem(), {
      ...whole,
      workers: 2,
    });
    expect([ended, states, transitions, depth]).toEqual(['complete', ...(golden['two-clusters'] ?? [])]);
  });

  test('a search that one thread has begun goes on with two to the same counts and witnesses', async () => {
    const copies = named('long-copies');
    const one = await explore(copies, createEfficientSystem(), whole);
    const options = { ...whole, workers: 2, aloneSeconds: 0.001 };
    const { ended, states, transitions, depth, witnesses } = await explore(
      copies,
      createEfficientSystem(),
      options,
    );
    expect({ ended, states, transitions, depth }).toMatchObject({
      ended: 'complete',
      states: one.states,
      transitions: one.transitions,
      depth: one.depth,
    });
    expect(witnesses).toEqual(one.witnesses);
    expect(witnesses.size).toBeGreaterThan(0);
  });

  test('two threads find the counterexample of one, and stop with the same counts', async () => {
    const mutant = mutants.find(({ name }) => name === 'commit-of-active-only');
    if (mutant === undefined) throw new Error('there is no such mutant');
    const systemName = `mutant:${mutant.name}`;
    const counted = async (workers: number) => {
      const options = { ...whole, systemName, workers };
      const { ended, states, transitions, counterexample } = await explore(
        small,
        createMutant(mutant),
        options,
      );
      return { ended, states, transitions, counterexample };
    };
    const one = await counted(1);
    expect(one.ended).toBe('divergence');
    expect(await counted(2)).toEqual(one);
  });

  test('a search ends at the depth, the states or the memory that it is given, and says which', async () => {
    const deep = await explore(world, createEfficientSystem(), { ...whole, depthMax: 3 });
    expect([deep.ended, deep.depth]).toEqual(['depth', 3]);
    const many = await explore(world, createEfficientSystem(), { ...whole, statesMax: 1000 });
    expect(many.ended).toBe('states');
    const large = await explore(world, createEfficientSystem(), { ...whole, memoryBytes: 3_000_000 });
    expect(large.ended).toBe('memory');
    expect(large.states).toBeGreaterThan(1000);
  });

  test('a search that was stopped goes on from its file to the same counts', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'colocheck-')), 'search');
    const checkpoint = checkpointFile(path, small, 'impl', 'reduced');
    for (const statesMax of [50, 500, 5000]) {
      const { ended } = await explore(small, createEfficientSystem(), { ...whole, checkpoint, statesMax });
      expect(ended).toBe('states');
      expect(existsSync(path)).toBe(true);
    }
    const { ended, states, transitions, depth } = await explore(small, createEfficientSystem(), {
      ...whole,
      checkpoint,
    });
    expect([ended, states, transitions, depth]).toEqual(['complete', ...(golden['two-clusters'] ?? [])]);
    expect(existsSync(path)).toBe(false);
  });

  test('a checkpoint of another world, or no checkpoint at all, is refused in one line', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'colocheck-')), 'search');
    const run = (of: World) =>
      explore(of, createEfficientSystem(), {
        ...whole,
        statesMax: 500,
        checkpoint: checkpointFile(path, of, 'impl', 'reduced'),
      });
    await run(world);
    await expect(run(named('two-clusters'))).rejects.toThrow('is the search of another world');
    writeFileSync(path, 'nothing of the kind'.padEnd(1000));
    await expect(run(world)).rejects.toThrow('is no checkpoint of a search');
    writeFileSync(path, 'short');
    await expect(run(world)).rejects.toThrow('is cut off');
  });
});
