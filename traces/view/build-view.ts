/** Makes of a run what its page is given: each step by what it changes, with whole states every so often. */
import type { Host } from '../../model/node.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import type { ObservationPart } from '../../impl/shown.ts';
import type { Operation } from '../../model/operations.ts';
import { nodeOf } from '../../properties/cases/case.ts';
import { isHostCall } from '../../impl/operation-lists.ts';
import { describeOutcome } from '../../properties/comparison/comparison.ts';
import type { Divergence, ObservationDivergence } from '../../properties/comparison/divergence.ts';
import {
  circumstancesOf,
  describeDivergence,
  describeSetup,
} from '../../properties/lockstep/failure-report.ts';
import { touchedBy } from '../../properties/lockstep/lockstep.ts';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import { branchesTaken } from '../../properties/seed-branches/seed-branches.ts';
import { ContentTable, initialContent, nextContent, shownContent } from './content-origins.ts';
import type { NodeContent } from './content-origins.ts';
import { movementsOf } from './movements.ts';
import { changedRuns, rowRuns, situationsOf, Table, wholeRuns } from './run-tables.ts';
import { movementKinds, rowNames } from './view-data.ts';
import type { DifferenceData, Keyframe, NodeShape, Situation, StepData, ViewData } from './view-data.ts';
import type { ViewedRun, ViewedStep } from './viewed-run.ts';

export const KEYFRAME_EVERY = 100;

export interface ViewHead {
  readonly title: string;
  readonly note: string | null;
  readonly commands: readonly string[];
}

export function buildView(run: ViewedRun, head: ViewHead): ViewData {
  const builder = new ViewBuilder(run.start, run.divergence?.index ?? null);
  for (const viewed of run.steps) builder.add(viewed);
  const { nodes } = run.testCase.setup;
  const { name, capabilities } = run.system;
  const { divergence } = run;
  return {
    ...head,
    system: name,
    setup: describeSetup(run.testCase.setup),
    nodes: nodes.map(shapeOf),
    rowsCompared: [...rowNames.entries()].flatMap(([row, shown]) =>
      capabilities.observes.includes(shown) ? [row] : [],
    ),
    difference: divergence === null ? null : differenceOf(run, divergence, builder),
    texts: builder.texts.entries,
    situations: builder.situations.entries,
    branches: builder.branches.entries,
    contents: builder.contents.contents,
    steps: builder.steps,
    keyframes: builder.keyframes,
    keyframeEvery: KEYFRAME_EVERY,
  };
}

class ViewBuilder {
  readonly contents = new ContentTable();
  readonly texts = new Table<string>();
  readonly situations = new Table<Situation>();
  readonly branches = new Table<readonly [lines: string, what: string]>();
  readonly steps: StepData[] = [];
  readonly keyframes: Keyframe[] = [];
  /** By the model, after the step that differed. */
  contentInQuestion: readonly NodeContent[] = [];
  readonly #index: number | null;
  #content: readonly NodeContent[];
  #situations: readonly number[];

  /** `index` is that of the step that differed. */
  constructor(start: Host, index: number | null) {
    this.#index = index;
    this.#content = start.nodes.map((node) => initialContent(node, this.contents));
    this.#situations = situationsOf(start).map((situation) => this.situations.number(situation));
    this.#keep();
  }

  add({ operation, before, step, expected, standing }: ViewedStep): void {
    const content = this.#contentAfter(before, step.host, operation);
    const situations = situationsOf(step.host).map((situation) => this.situations.number(situation));
    const cells = changedRuns(this.#content, content);
    const movements = step.host.nodes.flatMap((after, index) => {
      const old = before.nodes[index];
      return old === undefined
        ? []
        : movementNumbers(index, movementsOf(old, after, atNode(operation, index)));
    });
    const branches = branchesTaken(before, operation, step).map(({ lines: [first, last], what }) =>
      this.branches.number([first === last ? String(first) : `${first}-${last}`, what]),
    );
    const range = touchedBy(operation);
    const isMoved = situations.some((situation, node) => situation !== this.#situations[node]);
    this.steps.push({
      text: this.texts.number(describeOperation(operation)),
      outcome: this.texts.number(describeOutcome(expected)),
      ...(standing === 'judged' ? {} : { standing }),
      ...(isMoved ? { situations } : {}),
      ...(cells.length === 0 ? {} : { cells }),
      ...(movements.length === 0 ? {} : { movements }),
      ...(branches.length === 0 || standing === 'leftOut' ? {} : { branches }),
      ...(range === null ? {} : { range: [nodeOf(operation), range.sector, range.count] }),
    });
    this.#content = content;
    this.#situations = situations;
    if (this.steps.length - 1 === this.#index) this.contentInQuestion = content;
    this.#keep();
  }

  #contentAfter(before: Host, after: Host, operation: Operation): readonly NodeContent[] {
    if (before === after) return this.#content;
    return this.#content.map((content, node) => {
      const [old, now] = [before.nodes[node], after.nodes[node]];
      if (old === undefined || now === undefined || (old === now && before.dead === after.dead))
        return content;
      const number = this.steps.length + 1;
      const step = { before: old, after: now, dead: after.dead, operation: atNode(operation, node), number };
      return nextContent(content, step, this.contents);
    });
  }

  #keep(): void {
    if (this.steps.length % KEYFRAME_EVERY !== 0) return;
    this.keyframes.push({ cells: wholeRuns(this.#content), situations: this.#situations });
  }
}

function atNode(operation: Operation, node: number): Operation | null {
  return !isHostCall(operation) && nodeOf(operation) === node ? operation : null;
}

function movementNumbers(node: number, movements: ReturnType<typeof movementsOf>): number[] {
  return movements.flatMap(({ kind, from, to, sector, count }) => [
    node,
    movementKinds.indexOf(kind),
    rowNames.indexOf(from),
    rowNames.indexOf(to),
    sector,
    count,
  ]);
}

function shapeOf({ mode, geometry }: NodeSetup): NodeShape {
  const { lengthSectors, activeClusterSectors, hiddenClusterSectors, copyUnitSectors } = geometry;
  return {
    mode,
    lengthSectors,
    unitSectors: {
      view: lengthSectors,
      active: activeClusterSectors,
      hidden: hiddenClusterSectors,
      secondary: copyUnitSectors,
    },
    commitUnitSectors: geometry.commitUnitSectors,
  };
}

function differenceOf(run: ViewedRun, divergence: Divergence, builder: ViewBuilder): DifferenceData {
  const { index } = divergence;
  const rowsShown: number[] = [];
  const cells: number[] = [];
  for (const [node, shown] of run.shown.entries()) {
    const model = builder.contentInQuestion[node];
    if (model === undefined) continue;
    const rows = shownContent(shown, model, builder.contents);
    for (const [row, name] of rowNames.entries()) {
      const entries = rows[name];
      if (entries === undefined) continue;
      rowsShown.push(node * rowNames.length + row);
      cells.push(...rowRuns(node * rowNames.length + row, entries, model[name]));
    }
  }
  const isObserved = divergence.kind === 'observation';
  const { name } = run.system;
  return {
    step: index + 1,
    kind: divergence.kind,
    sentence: isObserved ? observedSentence(name, divergence) : describeDivergence(name, divergence),
    node: isObserved ? divergence.node : nodeOf(divergence.operation),
    sector: isObserved ? divergence.sector : null,
    rowsShown,
    cells,
    circumstances: circumstancesOf(name, divergence),
    ...wordsOf(divergence),
  };
}

function wordsOf(divergence: Divergence): { readonly expected: string; readonly actual: string } {
  switch (divergence.kind) {
    case 'outcome': {
      const { expected, actual } = divergence;
      return { expected: describeOutcome(expected), actual: describeOutcome(actual) };
    }
    case 'observation': {
      const { expected, actual } = divergence;
      const place = placeText(divergence);
      return { expected: `${place}: ${entryText(expected)}`, actual: `${place}: ${entryText(actual)}` };
    }
    case 'invariant':
      return { expected: divergence.law, actual: `${divergence.invariant} is broken` };
    case 'lost':
      return { expected: 'an answer', actual: `${divergence.how}: ${divergence.detail}` };
  }
}

function observedSentence(systemName: string, divergence: ObservationDivergence): string {
  const { expected, actual } = divergence;
  return `${placeText(divergence)}: ${entryText(actual)} in ${systemName}, ${entryText(expected)} in the model`;
}

function placeText({ part, sector }: ObservationDivergence): string {
  const title = partTitles[part] ?? part;
  return sector === null ? title : `${title}, sector ${sector}`;
}

const partTitles: Partial<Record<ObservationPart, string>> = {
  view: 'what the secondary VM reads',
  active: 'active disk',
  hidden: 'hidden disk',
  secondary: 'secondary disk',
  answeredBy: 'the layer that answers',
};

/** Of a sector only its tag is known, or that it has none. */
function entryText(entry: string): string {
  if (entry === 'null') return 'not allocated';
  if (entry === '-1') return "no write's content";
  return /^\d+$/.test(entry) ? `tag ${entry}` : entry;
}
