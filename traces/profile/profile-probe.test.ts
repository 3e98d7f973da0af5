/** What is made out of systems that do as QEMU 7.2, as its document in some points, or neither way. */
import { describe, expect, test } from 'vitest';
import { createVariant } from '../../impl/document/variant.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { AsyncSystem, System } from '../../impl/system.ts';
import { predicted } from '../../model/choices.ts';
import type { DeviationName, Way } from '../../model/deviations.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { runAsyncLockstep } from '../../properties/lockstep/async-lockstep.ts';
import {
  comparisonOf,
  deviationNames,
  hasOtherWay,
  profileOf,
} from '../../properties/cases/comparison-mode.ts';
import { observeNodes } from '../../properties/comparison/explain.ts';
import { syncSubject } from '../../properties/subjects/subject.ts';
import { throughQmp } from '../../properties/comparison/shown-by-model.ts';
import { describeProbed, probeProfile } from './profile-probe.ts';
import type { Probed } from './profile-probe.ts';

function probe(system: System): Promise<Probed> {
  return probeProfile((testCase, comparison) =>
    syncSubject(system, system.name, comparison).judge(testCase, 'full'),
  );
}

/** The model as a system that goes another way than 7.2 at some deviations, and answers through QMP. */
function modelThat(ways: Partial<Record<DeviationName, Way>>): AsyncSystem {
  let host = initialState({ nodes: [] });
  const { capabilities } = createEfficientSystem();
  return {
    name: 'model',
    capabilities: { ...capabilities, control: 'qmp' },
    load: (setup: Setup) => {
      host = initialState(setup);
      return Promise.resolve();
    },
    apply: (operation) => {
      const after = step(host, operation, predicted, (name) => ways[name] ?? 0);
      ({ host } = after);
      const isTold = (ways['failover-hides-every-error'] ?? 0) > 0;
      return Promise.resolve(isTold ? after.outcome : throughQmp(operation, after.outcome));
    },
    observe: () => Promise.resolve({ nodes: observeNodes(host).map((node) => ({ ...node })) }),
    accepts: () => true,
    unload: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** A checkpoint that failed and has changed nothing has not emptied active either. */
function mendedWith(name: string): readonly string[] {
  return name === 'failed-checkpoint-lets-the-view-change'
    ? ['failed-checkpoint-has-emptied-active', name]
    : [name];
}

function probeModel(ways: Partial<Record<DeviationName, Way>>): Promise<Probed> {
  const system = modelThat(ways);
  return probeProfile((testCase, comparison) => runAsyncLockstep(system, testCase, { comparison }));
}

test('a system that does as 7.2 has fixed nothing', async () => {
  const nothing = { comparison: 'qemu', mended: [], changed: [], differing: [] };
  expect(await probe(createEfficientSystem())).toEqual(nothing);
  expect(await probeModel({})).toEqual(nothing);
  expect(describeProbed({ comparison: 'qemu', mended: [], changed: [], differing: [] })).toEqual([]);
});

describe('the model that goes another way at one deviation is reported', () => {
  const others = deviationNames.flatMap((name) =>
    profileOf('document')(name)
      .filter((way) => way > 0)
      .map((way) => [name, way] as const),
  );

  test.each(others)('%s, way %i', async (name, way) => {
    const names = mendedWith(name);
    const comparison = comparisonOf(deviationNames.filter((each) => names.includes(each)));
    expect(await probeModel({ [name]: way })).toEqual({
      comparison,
      mended: names,
      changed: [],
      differing: [],
    });
  });

  test('as a version that has a name, where it answers as that version', async () => {
    const stop = 'stop-with-hidden-ejected-kills-the-process';
    const change = 'commit-reads-a-small-disk-first';
    const probed = await probeModel({ [stop]: 1, [change]: 1 });
    expect(probed).toEqual({ comparison: 'qemu-11.1', mended: [stop], changed: [change], differing: [] });
    expect(describeProbed(probed)).toEqual([
      `this QEMU does as its document at: ${stop}`,
      `this QEMU does as newer versions at: ${change}`,
    ]);
    const system = modelThat({ [stop]: 1, [change]: 1 });
    const inOtherWords = await probeProfile(async (testCase, comparison) => {
      const verdict = await runAsyncLockstep(system, testCase, { comparison });
      const stopped = testCase.operations.findIndex(({ op }) => op === 'stop');
      const operation = testCase.operations[stopped];
      if (comparison !== 'qemu-11.1' || operation === undefined) return verdict;
      const expected = { kind: 'error', message: 'one text' } as const;
      const actual = { kind: 'error', message: 'another' } as const;
      return { kind: 'outcome', index: stopped, operation, stage: 'running', expected, actual };
    });
    expect(inOtherWords.comparison).toBe(comparisonOf([stop, change]));
  });

  test('and at all of them, but for one that the others hide', async () => {
    const ways: Partial<Record<DeviationName, Way>> = {};
    for (const [name] of others) ways[name] = 1;
    const { mended, differing } = await probeModel(ways);
    expect(differing).toEqual([]);
    const hidden = deviationNames.filter((name) => hasOtherWay(name) && !mended.includes(name));
    // The checkpoint by which the layer is ejected has set the error already.
    expect(hidden).toEqual(['ejected-overlay-reports-nothing']);
  });
});

describe('an implementation that keeps to the document in one point is reported', () => {
  /** They do as 7.2 in one place and as the document in another of the same deviation. */
  const inPart = ['when the primary asks', 'fails when it is waited for, and can be closed'];

  test.each(documentedVariants)('$deviation: $way', async (variant) => {
    const { mended, differing } = await probe(createVariant('variant', [variant]));
    const { deviation } = variant;
    const isWhole = !inPart.includes(variant.way);
    expect(mended).toEqual(isWhole ? mendedWith(deviation) : []);
    expect(differing.map(({ name }) => name)).toEqual(isWhole ? [] : [deviation]);
  });
});

test('what does neither is reported with the step of the trace, and judged as 7.2', async () => {
  const broken = mutants.find(({ name }) => name === 'no-copy-before-a-write');
  if (broken === undefined) throw new Error('there is no such mutant');
  const probed = await probe(createMutant(broken));
  expect([probed.comparison, probed.mended]).toEqual(['qemu', []]);
  expect(probed.differing.length).toBeGreaterThan(0);
  expect(describeProbed(probed)[0]).toMatch(
    /^this QEMU does neither as 7\.2 nor as its document at: [a-z-]+ \(step \d+ of its trace: [A-Za-z-]+\)$/,
  );
});

test('a process that is lost is reported, and one deviation that is fixed beside it', async () => {
  const system = modelThat({ 'checkpoint-without-start': 1 });
  const probed = await probeProfile((testCase, comparison) =>
    testCase.operations.some(({ op }) => op === 'commitSettle')
      ? {
          kind: 'lost',
          index: 3,
          operation: { op: 'commitSettle' },
          stage: 'failover',
          how: 'hang',
          detail: '',
        }
      : runAsyncLockstep(system, testCase, { comparison }),
  );
  expect(probed.comparison).toBe(comparisonOf(['checkpoint-without-start']));
  expect(probed.differing).toContainEqual({
    name: 'failover-rolls-the-secondary-disk-back',
    signature: 'lost-commitSettle-failover-hang',
    step: 4,
  });
  expect(describeProbed(probed)[0]).toBe('this QEMU does as its document at: checkpoint-without-start');
});
