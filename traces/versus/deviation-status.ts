/** What a system makes today of the trace of a deviation: as QEMU 7.2 does, as the document says, or neither. */
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import { describeDivergence } from '../../properties/lockstep/failure-report.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { connectSubject } from '../../properties/subjects/subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { caseOf, unsupported } from '../replay/replay.ts';
import type { Trace } from '../format/trace-schema.ts';

export const statusKinds = ['deviates', 'mended', 'differs', 'not asked'] as const;

export interface Status {
  /** `deviates`: as QEMU 7.2; `mended`: as the document says, there; `differs`: as neither; `not asked`: it cannot be given. */
  readonly kind: (typeof statusKinds)[number];
  /** How it differs, by signature and in a sentence, or why it was not asked; empty for others. */
  readonly signature: string;
  readonly detail: string;
}

/** One system, judged by the real binary and by its document. */
export interface JudgedSystem {
  readonly name: string;
  readonly qemu: Subject;
  readonly document: Subject;
}

/** Rejects with `EnvironmentError` where the system cannot be run. */
export async function judgedSystem(name: string, options: SubjectOptions = {}): Promise<JudgedSystem> {
  return {
    name,
    qemu: await connectSubject(name, { ...options, comparison: 'qemu' }),
    document: await connectSubject(name, { ...options, comparison: 'document' }),
  };
}

export async function shutdown({ qemu, document }: JudgedSystem): Promise<void> {
  await qemu.shutdown();
  await document.shutdown();
}

export async function statusOf({ qemu, document }: JudgedSystem, trace: Trace): Promise<Status> {
  const testCase = caseOf(trace);
  const problem = caseProblem(testCase, qemu.capabilities) ?? unsupported(testCase, qemu);
  if (problem !== null) return { kind: 'not asked', signature: '', detail: problem };
  if ((await qemu.judge(testCase, 'full')) === null) return { kind: 'deviates', signature: '', detail: '' };
  const divergence = await document.judge(testCase, 'full');
  if (divergence === null) return { kind: 'mended', signature: '', detail: '' };
  return {
    kind: 'differs',
    signature: signatureOf(divergence),
    detail: describeDivergence(document.name, divergence),
  };
}
