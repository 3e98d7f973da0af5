/** The profile that a system shows: the trace of each deviation is played on it, and judged as 7.2 and as its document. */
import { join } from 'node:path';
import type { DeviationName } from '../../model/deviations.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import { runAsyncLockstep } from '../../properties/lockstep/async-lockstep.ts';
import { runProfileLockstep } from '../../properties/lockstep/profile-lockstep.ts';
import { openSystem } from '../../properties/subjects/subjects.ts';
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import type { Case } from '../../properties/cases/case.ts';
import {
  comparisonModes,
  comparisonOf,
  changeNames,
  deviationNames,
  hasOtherWay,
  namesOf,
} from '../../properties/cases/comparison-mode.ts';
import type { ChangeName, ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { caseOf } from '../replay/replay.ts';
import { readTrace } from '../format/trace-file.ts';

/** Plays a case on the system and judges it so; null where it agrees. */
export type JudgeBy = (
  testCase: Case,
  comparison: ComparisonMode,
) => Divergence | null | Promise<Divergence | null>;

export interface Probed {
  /** What the system is to be judged by. */
  readonly comparison: ComparisonMode;
  readonly mended: readonly DeviationName[];
  /** Where it does as a newer version, and the document says nothing. */
  readonly changed: readonly ChangeName[];
  /** Where it does neither as 7.2 nor as the document: it is judged as 7.2 there. */
  readonly differing: readonly Differing[];
}

export interface Differing {
  readonly name: DeviationName;
  readonly signature: string;
  /** Number of the step of the trace that differed, from 1. */
  readonly step: number;
}

/** Throws a `TraceError` where a trace cannot be read, and what `judge` throws. */
export async function probeProfile(judge: JudgeBy): Promise<Probed> {
  const left = new Map<DeviationName, { readonly testCase: Case; readonly divergence: Divergence }>();
  for (const name of [...deviationNames, ...changeNames]) {
    const testCase = caseOf(readTrace(traceOf(name)));
    const divergence = await judge(testCase, 'qemu');
    if (divergence !== null) left.set(name, { testCase, divergence });
  }
  const others: DeviationName[] = [];
  // A trace may pass other deviations than its own: what has been found of those counts for those that are left.
  for (let before = -1; before < others.length;) {
    before = others.length;
    for (const [name, { testCase, divergence }] of left) {
      // No profile has a process crash or hang in another way than 7.2.
      if (divergence.kind === 'lost') continue;
      const isOther = await agreesOtherwise(name, others, testCase, judge);
      if (isOther === null) continue;
      if (isOther) others.push(name);
      left.delete(name);
    }
  }
  const differing = [...left].map(([name, { divergence }]) => ({
    name,
    signature: signatureOf(divergence),
    step: divergence.index + 1,
  }));
  return {
    comparison: await nameOf(others, judge),
    mended: deviationNames.filter((name) => others.includes(name)).toSorted(),
    changed: changeNames.filter((name) => others.includes(name)),
    differing,
  };
}

/**
 * True where a trace agrees if its own deviation is gone otherwise than by 7.2 as well; false where it does with the others alone, and says
 * nothing of its own; null where it does neither way.
 */
async function agreesOtherwise(
  name: DeviationName,
  others: readonly DeviationName[],
  testCase: Case,
  judge: JudgeBy,
): Promise<boolean | null> {
  if (others.length > 0 && (await judge(testCase, comparisonOf(others))) === null) return false;
  return hasOtherWay(name) && (await judge(testCase, comparisonOf([...others, name]))) === null ? true : null;
}

/** A version that has a name is judged by it: of that it is known which text it answers with. */
async function nameOf(others: readonly DeviationName[], judge: JudgeBy): Promise<ComparisonMode> {
  const usual = comparisonOf(others);
  const versions = comparisonModes.filter(
    (mode) => mode !== 'document' && comparisonOf(namesOf(mode)) === usual,
  );
  for (const version of versions) {
    let agrees = true;
    for (const name of others) {
      agrees &&= (await judge(caseOf(readTrace(traceOf(name))), version)) === null;
    }
    if (agrees) return version;
  }
  return usual;
}

function traceOf(name: DeviationName): string {
  const folder = changeNames.some((each) => each === name) ? 'regressions' : 'deviations';
  return join(import.meta.dirname, '../saved', folder, `${name}.json`);
}

/** `binary` is a path or a name. Rejects with `EnvironmentError` where it cannot be used. */
export async function probeQemu(binary?: string): Promise<Probed> {
  const system = createQemuSystem(binary === undefined ? {} : { binary });
  try {
    return await probeProfile((testCase, comparison) => runAsyncLockstep(system, testCase, { comparison }));
  } finally {
    await system.shutdown();
  }
}

/** Of a driver in this process, by the traces that it can be given. Throws an `EnvironmentError` where it cannot be compiled. */
export async function probeDriver(name: string): Promise<Probed> {
  const system = openSystem(name);
  return probeProfile((testCase, comparison) =>
    caseProblem(testCase, system.capabilities) === null
      ? runProfileLockstep(system, testCase, comparison, { depth: 'full' })
      : null,
  );
}

/** One line for what was fixed, one for what newer versions do otherwise, and one for each trace that agrees neither way. */
export function describeProbed(
  { mended, changed, differing }: Probed,
  system: 'QEMU' | 'driver' = 'QEMU',
): readonly string[] {
  return [
    ...(mended.length === 0 ? [] : [`this ${system} does as its document at: ${mended.join(', ')}`]),
    ...(changed.length === 0 ? [] : [`this ${system} does as newer versions at: ${changed.join(', ')}`]),
    ...differing.map(
      ({ name, signature, step }) =>
        `this ${system} does neither as 7.2 nor as its document at: ${name} (step ${step} of its trace: ${signature})`,
    ),
  ];
}
