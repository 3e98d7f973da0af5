/** Prints what the length of a disk costs: the same cases on 1 MiB, and on 1 GiB and 1 TiB of which they reach as much. */
import fc from 'fast-check';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import type { Geometry } from '../../model/vocabulary.ts';
import { caseProblem } from '../cases/setup-problem.ts';
import type { Case } from '../cases/case.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { runAsyncLockstep } from '../lockstep/async-lockstep.ts';
import { runLockstep } from '../lockstep/lockstep.ts';

const SEED = 20_242;
/** Each disk in turn, of which the best round of each case counts: other work on the machine only slows. */
const ROUNDS = 5;

/** All the units of a commit in flight at once: the longest disk that QEMU's images lie in files for. */
const shortDisk: Geometry = {
  lengthSectors: 15 * 128,
  sectorBytes: 512,
  activeClusterSectors: 128,
  hiddenClusterSectors: 128,
  copyUnitSectors: 128,
  commitUnitSectors: 128,
};

const GIB = 2 ** 21;
const disks = [
  ['1 MiB', 0],
  ['1 GiB', GIB],
  ['1 TiB', 1024 * GIB],
] as const;

/** With the real QEMU at `binary` where that is given; `true` is the one on the PATH. */
export async function benchDisks(
  print: (text: string) => void,
  binary: string | true | undefined,
): Promise<void> {
  print('The same cases on longer disks (time, and how many times that of 1 MiB)');
  const impl = createEfficientSystem();
  const play = (each: Case): Promise<number> => {
    const before = process.cpuUsage();
    agreed(runLockstep(impl, each, { depth: 'full' }) === null);
    const { user, system } = process.cpuUsage(before);
    return Promise.resolve((user + system) / 1000);
  };
  print(ratioLine('model and implementation, CPU', await costs(drawn(impl.capabilities, 100), play)));
  if (binary === undefined) return;
  const qemu = createQemuSystem(binary === true ? {} : { binary });
  try {
    const measured = await costs(drawn(qemu.capabilities, 40), async (each) => {
      const before = performance.now();
      agreed((await runAsyncLockstep(qemu, each)) === null);
      return performance.now() - before;
    });
    print(ratioLine('model and QEMU, wall', measured));
  } finally {
    await qemu.shutdown();
  }
}

function agreed(agrees: boolean): void {
  if (!agrees) throw new Error('the measured system diverges');
}

/** On the longest disk, so that no request crosses the gap; each can be played on all. */
function drawn(capabilities: Capabilities, casesMax: number): readonly Case[] {
  const arbitrary = caseArbitrary({
    capabilities,
    geometry: { ...shortDisk, gaps: [{ sector: 1024, sectors: 1024 * GIB }] },
    operationsMax: 60,
  });
  return fc
    .sample(arbitrary, { seed: SEED, numRuns: casesMax })
    .filter((each) => disks.every(([, sectors]) => caseProblem(on(sectors, each), capabilities) === null));
}

function on(sectors: number, { setup, operations }: Case): Case {
  const gaps = sectors === 0 ? undefined : [{ sector: 1024, sectors }];
  const nodes = setup.nodes.map((node) => ({ ...node, geometry: { ...shortDisk, gaps } }));
  return { setup: { nodes }, operations };
}

/** Of all cases together, a disk an entry. */
async function costs(
  cases: readonly Case[],
  play: (each: Case) => Promise<number>,
): Promise<readonly number[]> {
  const sums = disks.map(() => 0);
  for (const each of cases) {
    const best = disks.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, [, sectors]] of disks.entries())
        best[index] = Math.min(best[index] ?? Infinity, await play(on(sectors, each)));
    }
    for (const index of sums.keys()) sums[index] = (sums[index] ?? 0) + (best[index] ?? 0);
  }
  return sums.map((sum) => sum / cases.length);
}

function ratioLine(name: string, costsOfDisks: readonly number[]): string {
  const [first = 1] = costsOfDisks;
  const figures = disks.map(([length], index) => {
    const cost = costsOfDisks[index] ?? 0;
    return `${length} ${cost.toPrecision(3)} ms${index === 0 ? '' : ` (${(cost / first).toFixed(2)})`}`;
  });
  return `  ${name.padEnd(32)} ${figures.join(', ')}`;
}
