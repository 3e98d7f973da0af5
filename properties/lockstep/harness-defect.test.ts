/** What fails in the harness itself is reported as its own defect, with the case, and is no divergence of any system. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import { runCampaign } from '../campaign/campaign.ts';
import { asyncSubject, syncSubject } from '../subjects/subject.ts';
import { judgePlayed, runAsyncLockstep } from './async-lockstep.ts';
import { HarnessDefect } from './harness-defect.ts';

const open: Operation = { op: 'open' };
const start: Operation = { op: 'start', mode: 'secondary' };
const testCase = { setup: { nodes: [fourClusters] }, operations: [open, start] };

/** Stands for a comparison that fails: whatever it looks at throws. */
const trap = {
  get nodes(): never {
    throw new TypeError('cannot read the\nview');
  },
};
const wanted = {
  during: testCase,
  message: expect.stringMatching(
    /^a defect of colocheck, not of the system: TypeError: cannot read the view \(at .+\); please report it$/,
  ),
};

async function errorOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return null;
}

function trapping(): AsyncSystem {
  const system = createEfficientSystem();
  const guarded = guardSystem(system);
  return {
    name: 'trap',
    capabilities: system.capabilities,
    load: (setup, operations) => guarded.load(setup, operations),
    apply: (operation) => guarded.apply(operation),
    observe: () => Promise.resolve(trap),
    accepts: () => true,
    unload: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

test('while one operation after the other is judged', async () => {
  const error = await errorOf(() => runAsyncLockstep(trapping(), testCase));
  expect(error).toBeInstanceOf(HarnessDefect);
  expect(error).toMatchObject({ ...wanted, operationIndex: 0 });
});

test('while a case is judged that was played as a whole', async () => {
  const played = { outcomes: [{ kind: 'ok' }, { kind: 'ok' }], shown: [trap, trap] } as const;
  const error = await errorOf(() =>
    judgePlayed(trapping(), testCase, played, 'each', { comparison: 'qemu' }),
  );
  expect(error).toMatchObject({ ...wanted, operationIndex: 0 });
});

test('while a system of ours is judged', async () => {
  const system = Object.assign(createEfficientSystem(), {
    agrees: () => {
      throw new TypeError('cannot read the\nview');
    },
  });
  const error = await errorOf(() => syncSubject(system).judge(testCase, 'full'));
  expect(error).toBeInstanceOf(HarnessDefect);
  expect(error).toMatchObject(wanted);
});

test('in a campaign it is no finding', async () => {
  const options = {
    seed: 1,
    casesMax: 20,
    secondsMax: Infinity,
    operationsMax: 10,
    geometry: 'mixed',
    depth: 'full',
    findingsMax: 5,
  } as const;
  const findings: unknown[] = [];
  const observer = {
    progress: () => {},
    finding: (found: unknown) => findings.push(found),
    interrupted: () => false,
  };
  const error = await errorOf(() => runCampaign(asyncSubject(trapping()), options, observer));
  expect(error).toBeInstanceOf(HarnessDefect);
  expect(findings).toEqual([]);
});
