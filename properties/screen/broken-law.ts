/**
 * Which law a difference breaks. The comparison sees a wrong sector before any law is looked at, but a reader understands
 * "isolation" sooner than a sector: so the laws are asked again, with the model's states up to the step that differs and
 * what the system showed after it.
 */
import { observe } from '../../model/observe.ts';
import type { Host } from '../../model/node.ts';
import type { Observation } from '../../model/vocabulary.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence, ObservationDivergence, OutcomeDivergence } from '../comparison/divergence.ts';
import { invariants, primaryErrorsMasked } from '../invariants/invariants.ts';
import type { Invariant } from '../invariants/invariants.ts';
import { Laws } from '../invariants/laws.ts';

/** The first law that the last step breaks; null where it breaks none, or none can be asked. */
export function lawBrokenIn(testCase: Case, divergence: Divergence): Invariant | null {
  switch (divergence.kind) {
    case 'invariant':
      return invariants.find(({ name }) => name === divergence.invariant) ?? null;
    case 'lost':
      return null;
    case 'observation':
    case 'outcome':
      // A system that kept to the document may break what holds of QEMU alone.
      return divergence.documented === undefined ? brokenAt(testCase, divergence) : null;
  }
}

function brokenAt(testCase: Case, divergence: ObservationDivergence | OutcomeDivergence): Invariant | null {
  const { start, steps } = walkOf(testCase);
  const laws = new Laws(testCase.setup);
  let before = observed(start);
  for (const [index, step] of steps.entries()) {
    const operation = testCase.operations[index];
    if (operation === undefined) return null;
    const expected = observed(step.host);
    if (index < divergence.index) {
      laws.brokenBy(operation, step.outcome, before, expected);
      before = expected;
      continue;
    }
    if (divergence.kind === 'observation') {
      const { node, observed: shown } = divergence;
      const after = expected.map((each, place) => (place === node ? asShown(each, shown) : each));
      return laws.brokenBy(operation, step.outcome, before, after);
    }
    // What it did to the disks is not known: only the law on answers can be asked.
    const broken = laws.brokenBy(operation, divergence.actual, before, expected);
    return broken === primaryErrorsMasked ? broken : null;
  }
  return null;
}

function observed({ nodes, dead }: Host): readonly Observation[] {
  return nodes.map((node) => observe(node, dead));
}

/** What a system does not show is taken to be as it must be. */
function asShown(expected: Observation, { wiring, ...shown }: ShownNode): Observation {
  return { ...expected, ...shown, wiring: { ...expected.wiring, ...wiring } };
}
