/** Makes of a run what its page is given: each step by what it changes, with whole states every so often. */
import type { HostState } from '../../model/state.ts';
import type { NodeSetup, Operation } from '../../model/vocabulary.ts';
import { isHostCall, nodeOf } from '../../properties/case.ts';
import { describeOutcome } from '../../properties/comparison.ts';
import type { Divergence } from '../../properties/divergence.ts';
import { describeDivergence, describeSetup } from '../../properties/failure-report.ts';
import { touchedBy } from '../../properties/lockstep.ts';
import { describeOperation } from '../../properties/operation-text.ts';
import { branchesTaken } from '../../properties/seed-branches.ts';
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
  const builder = new ViewBuilder(run.start);
  for (const viewed of run.steps) builder.add(viewed);
  const { nodes } = run.testCase.setup;
  const { divergence } = run;
  return {
    ...head,
    system: run.systemName,
    setup: describeSetup(run.testCase.setup),
    nodes: nodes.map(shapeOf),
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
  /** The content after each step that differs, kept for the one in question. */
  readonly contentAfter: (readonly NodeContent[])[] = [];
  #content: readonly NodeContent[];
  #situations: readonly number[];

  constructor(start: HostState) {
    this.#content = start.nodes.map((state) => initialContent(state, this.contents));
    this.#situations = situationsOf(start).map((situation) => this.situations.number(situation));
    this.#keep();
  }

  add({ operation, before, step, expected, standing }: ViewedStep): void {
    const content = this.#contentAfter(before, step.state, operation);
    const situations = situationsOf(step.state).map((situation) => this.situations.number(situation));
    const cells = changedRuns(this.#content, content);
    const movements = step.state.nodes.flatMap((after, node) => {
      const old = before.nodes[node];
      return old === undefined ? [] : movementNumbers(node, movementsOf(old, after, atNode(operation, node)));
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
    this.#keep();
  }

  #contentAfter(before: HostState, after: HostState, operation: Operation): readonly NodeContent[] {
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
    this.contentAfter.push(this.#content);
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
  const content = builder.contentAfter[index + 1] ?? [];
  const rowsShown: number[] = [];
  const cells: number[] = [];
  for (const [node, shown] of run.shown.entries()) {
    const model = content[node];
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
  return {
    step: index + 1,
    kind: divergence.kind,
    sentence: describeDivergence(run.systemName, divergence),
    node: isObserved ? divergence.node : nodeOf(divergence.operation),
    sector: isObserved ? divergence.sector : null,
    rowsShown,
    cells,
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
      const where = divergence.sector === null ? '' : ` at sector ${divergence.sector}`;
      const { part, expected, actual } = divergence;
      return { expected: `${part}${where}: ${expected}`, actual: `${part}${where}: ${actual}` };
    }
    case 'invariant':
      return { expected: divergence.law, actual: `${divergence.invariant} is broken` };
    case 'lost':
      return { expected: 'an answer', actual: `${divergence.how}: ${divergence.detail}` };
  }
}
