/** Which statements and conditions of the C driver a campaign reaches, and why it does not reach the others. */
import fc from 'fast-check';
import { compileText } from '../../impl/driver/compile/compiled-driver.ts';
import { readDriver, reopensWithoutDriver } from '../../impl/driver/compile/driver-source.ts';
import { DriverSystem } from '../../impl/driver/driver-system.ts';
import { countedText } from '../../impl/driver/syntax/counted-text.ts';
import type { CountedPlace } from '../../impl/driver/syntax/counted-text.ts';
import { batchSeeds } from '../jobs/campaign-seeds.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { signatureOf } from '../comparison/divergence.ts';
import { syncSubject } from '../subjects/subject.ts';
import type { SyncSubject } from '../subjects/subject.ts';
import { whyUnreachable } from './unreachable-places.ts';

export interface Missed {
  readonly line: number;
  readonly what: string;
  /** A condition that is never false, or never true; a statement that is never run. */
  readonly way: 'never run' | 'never false' | 'never true';
  /** Null: something may lead there, and nothing did. */
  readonly why: string | null;
}

export interface LineCoverage {
  readonly statements: number;
  readonly ways: number;
  /** In the order of lines. */
  readonly missed: readonly Missed[];
}

/** Its lines are those that the table of branches names. */
const SEED_LINE = 312;

export function coverLines(path: string, seed: number, casesMax: number): LineCoverage {
  const text = readDriver(path);
  const { text: counting, places, countersUsed } = countedText(text, path);
  const system = new DriverSystem(`driver:${path}`, compileText(counting, path));
  const comparison = reopensWithoutDriver(text) ? 'qemu-11.1' : 'qemu';
  const difference = firstDifference(syncSubject(system, system.name, comparison), seed, casesMax);
  const counts = system.counts(countersUsed);
  const isSeed = text.split('\n')[SEED_LINE - 1]?.includes('secondary_do_checkpoint') === true;
  const missed = places.flatMap((place) => missedOf(place, counts, isSeed));
  if (difference !== null) {
    const what = `the driver and the model differ: ${difference}`;
    missed.push({ line: 0, what, way: 'never run', why: null });
  }
  const statements = places.filter(({ kind }) => kind === 'statement').length;
  return {
    statements,
    ways: 2 * (places.length - statements),
    missed: missed.toSorted((one, other) => one.line - other.line),
  };
}

const BATCH_CASES = 500;

/** The signature of the first case that fails, if any does: what follows it is not run. */
function firstDifference(subject: SyncSubject, seed: number, casesMax: number): string | null {
  const { capabilities } = subject;
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 100 });
  let cases = 0;
  for (const batch of batchSeeds(seed)) {
    const numRuns = Math.min(BATCH_CASES, casesMax - cases);
    if (numRuns <= 0) return null;
    for (const testCase of fc.sample(arbitrary, { seed: batch, numRuns })) {
      const divergence = subject.judge(testCase, 'full');
      if (divergence !== null) return signatureOf(divergence);
    }
    cases += numRuns;
  }
  return null;
}

function missedOf(place: CountedPlace, counts: readonly number[], isSeed: boolean): Missed[] {
  const { line, what, kind, at } = place;
  const tell = (way: Missed['way']): Missed => ({ line, what, way, why: whyUnreachable(place, isSeed) });
  if (kind === 'statement') return counts[at] === 0 ? [tell('never run')] : [];
  const ways = ['never false', 'never true'] as const;
  return ways.filter((_, value) => counts[at + value] === 0).map(tell);
}

export function lineCoverageText({ statements, ways, missed }: LineCoverage): string {
  const rows = missed.map(({ line, what, way, why }) => {
    const shown = what.length > 60 ? `${what.slice(0, 57)}...` : what;
    return `${String(line).padStart(4)}  ${way.padEnd(11)}  ${shown.padEnd(60)}  ${why ?? '! nothing led there'}`;
  });
  const unrun = missed.filter(({ way }) => way === 'never run').length;
  const open = missed.filter(({ why }) => why === null).length;
  return [
    ...rows,
    `${statements - unrun} of ${statements} statements and ${ways - (missed.length - unrun)} of ${ways} ways of conditions were taken; ` +
      `${missed.length - open} of the others cannot be, ${open} were missed`,
  ].join('\n');
}
