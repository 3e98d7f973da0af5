/** What became of the mutants of a driver, as text. */
import { median } from '../kill-matrix/kill.ts';
import type { AnalysedMutant } from './mutation-run.ts';

/** Of those that compile, this share is to be killed or shown equal. */
const DECIDED_MIN = 0.95;

export function mutationText(analysed: readonly AnalysedMutant[]): string {
  const width = Math.max(...analysed.map(({ name }) => name.length));
  return analysed.map((mutant) => `${mutant.name.padEnd(width)}  ${fateText(mutant)}`).join('\n');
}

function fateText({ fate }: AnalysedMutant): string {
  switch (fate.kind) {
    case 'killed': {
      const { by, operations, seconds, shrunkLength } = fate;
      return `killed after ${operations} (${seconds.toFixed(2)} s), ${shrunkLength} operations, ${by}`;
    }
    case 'equal':
      return `equal: ${fate.states} states searched, and no other answer`;
    case 'not compiled':
      return 'does not compile';
    case 'survived':
      return `! survived: ${fate.reason}`;
  }
}

export function mutationSummary(analysed: readonly AnalysedMutant[]): readonly string[] {
  const compiled = analysed.filter(({ fate }) => fate.kind !== 'not compiled');
  const killed = compiled.flatMap(({ fate }) => (fate.kind === 'killed' ? [fate] : []));
  const count = (kind: AnalysedMutant['fate']['kind']): number =>
    compiled.filter(({ fate }) => fate.kind === kind).length;
  const share = compiled.length === 0 ? 0 : (killed.length + count('equal')) / compiled.length;
  return [
    `${compiled.length} mutants of ${analysed.length} compile: ${killed.length} killed, ${count('equal')} shown equal, ` +
      `${count('survived')} survived (${(100 * share).toFixed(1)} % decided)`,
    `killed in the median after ${median(killed.map(({ operations }) => operations))} operations, ` +
      `shrunk to ${median(killed.map(({ shrunkLength }) => shrunkLength))}`,
  ];
}

/** Whether enough of them were decided. */
export function isMutationRunSound(analysed: readonly AnalysedMutant[]): boolean {
  const compiled = analysed.filter(({ fate }) => fate.kind !== 'not compiled');
  const survived = compiled.filter(({ fate }) => fate.kind === 'survived');
  return compiled.length > 0 && survived.length <= (1 - DECIDED_MIN) * compiled.length;
}
