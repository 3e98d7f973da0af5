/** A failure as data for one screen: what differed, where, after which steps, and how to see it again. */
import { observe } from '../../model/observe.ts';
import type { Host } from '../../model/node.ts';
import type { Geometry, NodeSetup, Range, Setup } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { diskSector } from '../../impl/gaps.ts';
import { gapText } from '../cases/gaps.ts';
import { nodeOf, walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import { describeOutcome } from '../comparison/comparison.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { lawBrokenIn } from '../screen/broken-law.ts';
import { contentSign, contentSymbols, contentWords } from '../screen/content-symbols.ts';
import { missingMovements } from '../screen/missing-movements.ts';
import { touchedBy } from './lockstep.ts';
import { describeOperation } from '../cases/operation-text.ts';
import { observeIndirectly } from '../comparison/shown-by-model.ts';

export interface FailureReport {
  readonly sentence: string;
  readonly setup: string;
  readonly steps: readonly ReportStep[];
  /** The layers at the sectors in question, before and after the culprit. */
  readonly layers: readonly LayerRow[];
  readonly sectors: readonly number[];
  /** A line for each gap that lies before one of the sectors. */
  readonly gaps: readonly string[];
  /** A line for each movement between the layers that was expected of the last step and did not happen. */
  readonly missing: readonly string[];
  /** Lines about a system that was lost. */
  readonly circumstances: readonly string[];
  /** The law that is broken, in one line; null where none is. */
  readonly law: string | null;
  readonly history: string;
}

export interface ReportStep {
  readonly index: number;
  readonly text: string;
  readonly outcome: string;
  readonly touchesSector: boolean;
  readonly culprit: boolean;
}

export interface LayerRow {
  /** `answers` names the layer that answers a read of the guest. */
  readonly layer: ShownLayer | 'answers';
  readonly before: readonly string[];
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

const shownLayers = ['view', 'active', 'hidden', 'secondary'] as const;
type ShownLayer = (typeof shownLayers)[number];

/** At most this many sectors are shown side by side. */
const SECTORS_SHOWN = 8;

export function buildFailureReport(
  systemName: string,
  testCase: Case,
  divergence: Divergence,
  history: string,
): FailureReport {
  const node = nodeInQuestion(divergence);
  const sectors = sectorsInQuestion(testCase.setup.nodes[node], divergence);
  const { index, operation, stage } = divergence;
  return {
    sentence: `Step ${index + 1} (${describeOperation(operation)}, stage ${stage}): ${describeDivergence(systemName, divergence)}${onDisk(testCase.setup.nodes[node], divergence)}`,
    setup: describeSetup(testCase.setup),
    steps: reportSteps(testCase, divergence, node, sectors),
    layers: layerRows(testCase, divergence, node, sectors),
    sectors,
    gaps: gapsBefore(testCase.setup.nodes[node], sectors),
    missing: missingMovements(testCase, divergence),
    circumstances: circumstancesOf(systemName, divergence),
    law: lawText(testCase, divergence),
    history,
  };
}

/** Where the sector that differs lies on a disk with gaps. */
function onDisk(setup: NodeSetup | undefined, divergence: Divergence): string {
  if (divergence.kind !== 'observation' || divergence.sector === null) return '';
  const { geometry = { gaps: undefined } } = setup ?? {};
  const sector = diskSector(geometry, divergence.sector);
  return sector === divergence.sector ? '' : ` (on the disk that is sector ${sector})`;
}

function gapsBefore(setup: NodeSetup | undefined, sectors: readonly number[]): string[] {
  const last = sectors.at(-1) ?? -1;
  return (setup?.geometry.gaps ?? []).flatMap((gap) =>
    setup === undefined || gap.sector > last
      ? []
      : `${gapText(gap, setup.geometry)}, which is sector ${diskSector(setup.geometry, gap.sector)} of the disk`,
  );
}

function lawText(testCase: Case, divergence: Divergence): string | null {
  // The sentence has it already.
  if (divergence.kind === 'invariant') return null;
  const broken = lawBrokenIn(testCase, divergence);
  return broken === null ? null : `breaks ${broken.name}: ${broken.law}`;
}

/** What a lost system said last and in what state it was: what the trace keeps, and the reader of a report looks for. */
export function circumstancesOf(systemName: string, divergence: Divergence): string[] {
  if (divergence.kind !== 'lost') return [];
  const { lastWords = [], context = [] } = divergence;
  // Of a line that begins with blanks and two colons GitHub takes a command.
  const words =
    lastWords.length === 0 ? [] : [`${systemName} said last:`, ...lastWords.map((line) => `| ${line}`)];
  return [...words, ...context];
}

export function describeDivergence(systemName: string, divergence: Divergence): string {
  switch (divergence.kind) {
    case 'outcome':
      return `${systemName} answered ${describeOutcome(divergence.actual)}, the model ${describeOutcome(divergence.expected)}`;
    case 'observation': {
      const where = divergence.sector === null ? '' : ` at sector ${divergence.sector}`;
      const [actual, expected] = [divergence.actual, divergence.expected].map(contentWords);
      return `${divergence.part}${where} is ${actual} in ${systemName}, ${expected} in the model`;
    }
    case 'invariant':
      return `${systemName} breaks ${divergence.invariant}: ${divergence.law}`;
    case 'lost':
      return `${systemName} was lost${divergence.isAtEnd === true ? ' when the case was taken down' : ''} (${divergence.how}): ${divergence.detail}`;
  }
}

export function describeSetup({ nodes }: Setup): string {
  return nodes
    .map((node, index) => (nodes.length === 1 ? describeNode(node) : `node ${index}: ${describeNode(node)}`))
    .join('\n');
}

function describeNode(setup: NodeSetup): string {
  const { mode, geometry, badSectors, readOnly, defects, commitRequestsMax } = setup;
  const units = `clusters ${geometry.activeClusterSectors} active, ${geometry.hiddenClusterSectors} hidden; units ${geometry.copyUnitSectors} copy, ${geometry.commitUnitSectors} commit${describeSlices(geometry)}${describeGaps(geometry)}`;
  const bad = badSectors
    .map(({ disk, access, sector }) => `; ${access}-bad sector ${sector} of ${disk}`)
    .join('');
  const fixed = readOnly.map((disk) => `; ${disk} opened read-only`).join('');
  const wrong = defects.length > 0 ? `; ${defects.join(', ')}` : '';
  return `${mode} mode, ${geometry.lengthSectors} sectors of ${geometry.sectorBytes} bytes, ${units}; ${commitRequestsMax} commit requests at once${bad}${fixed}${wrong}`;
}

function describeGaps(geometry: Geometry): string {
  return (geometry.gaps ?? []).map((gap) => `; ${gapText(gap, geometry)}`).join('');
}

/** Only those that are stated. */
function describeSlices({ activeSliceSectors, hiddenSliceSectors }: Geometry): string {
  const stated = [
    ...(activeSliceSectors === undefined ? [] : [`${activeSliceSectors} active`]),
    ...(hiddenSliceSectors === undefined ? [] : [`${hiddenSliceSectors} hidden`]),
  ];
  return stated.length === 0 ? '' : `; L2 slices ${stated.join(', ')}`;
}

function nodeInQuestion(divergence: Divergence): number {
  return divergence.kind === 'observation' ? divergence.node : nodeOf(divergence.operation);
}

function reportSteps(
  testCase: Case,
  divergence: Divergence,
  node: number,
  sectors: readonly number[],
): ReportStep[] {
  const { steps } = divergence.documented ?? walkOf(testCase);
  return testCase.operations.slice(0, divergence.index + 1).map((operation, index) => {
    const outcome = steps[index]?.outcome;
    return {
      index,
      text: describeOperation(operation),
      outcome: outcome === undefined ? '' : `${describeOutcome(outcome)}${documentedAt(divergence, index)}`,
      touchesSector: nodeOf(operation) === node && sectors.some((sector) => covers(operation, sector)),
      culprit: index === divergence.index,
    };
  });
}

/** The points in which the system did not do as QEMU does at a step, and was allowed to. */
function documentedAt({ documented }: Divergence, index: number): string {
  const names =
    documented?.adopted.filter((adopted) => adopted.index === index).map(({ name }) => name) ?? [];
  return names.length === 0 ? '' : `; documented: ${names.join(', ')}`;
}

function sectorsInQuestion(setup: NodeSetup | undefined, divergence: Divergence): number[] {
  const range = centre(divergence);
  if (range === null || setup === undefined) return [];
  const { geometry } = setup;
  const from = Math.max(0, Math.min(range.sector, geometry.lengthSectors - SECTORS_SHOWN));
  const count = Math.min(SECTORS_SHOWN, geometry.lengthSectors - from);
  return Array.from({ length: count }, (_, index) => from + index);
}

function centre(divergence: Divergence): Range | null {
  if (divergence.kind === 'observation' && divergence.sector !== null) {
    return { sector: Math.max(0, divergence.sector - SECTORS_SHOWN / 2), count: SECTORS_SHOWN };
  }
  return touchedBy(divergence.operation);
}

function layerRows(
  testCase: Case,
  divergence: Divergence,
  node: number,
  sectors: readonly number[],
): LayerRow[] {
  if (sectors.length === 0) return [];
  const { start, steps } = { ...walkOf(testCase), ...divergence.documented };
  const before = shownAt(steps[divergence.index - 1]?.host ?? start, node);
  const expected = shownAt(steps[divergence.index]?.host ?? start, node);
  const actual: ShownNode = divergence.kind === 'observation' ? divergence.observed : {};
  const rows = shownLayers.map((layer) => ({
    layer,
    before: entriesAt(before, layer, sectors),
    expected: entriesAt(expected, layer, sectors),
    actual: entriesAt(actual, layer, sectors),
  }));
  if (actual.answeredBy === undefined) return rows;
  const [was, wanted, is] = [before, expected, actual].map((shown) => answeringAt(shown, sectors));
  return [...rows, { layer: 'answers', before: was ?? [], expected: wanted ?? [], actual: is ?? [] }];
}

function shownAt({ nodes, dead }: Host, index: number): ShownNode {
  const node = nodes[index];
  return node === undefined ? {} : { ...observe(node, dead), ...observeIndirectly(node) };
}

/** Cells are narrow. */
const shortNames = { active: 'act', hidden: 'hid', secondary: 'sec' } as const;

function answeringAt({ answeredBy }: ShownNode, sectors: readonly number[]): string[] {
  return sectors.map((sector) => {
    const layer = answeredBy?.[sector];
    return layer === undefined ? contentSymbols.refused.sign : shortNames[layer];
  });
}

function entriesAt(observation: ShownNode, layer: ShownLayer, sectors: readonly number[]): string[] {
  if (layer !== 'view') {
    const entries = observation[layer];
    return sectors.map((sector) =>
      contentSign(entries === undefined ? undefined : (entries[sector] ?? null)),
    );
  }
  const { view } = observation;
  if (view === undefined) return sectors.map(() => contentSymbols.notShown.sign);
  if (view.kind !== 'data') return sectors.map(() => contentSymbols.refused.sign);
  return sectors.map((sector) => contentSign(view.tags[sector]));
}

function covers(operation: Operation, sector: number): boolean {
  if (!('sector' in operation)) return false;
  const count = 'count' in operation ? operation.count : 1;
  return sector >= operation.sector && sector < operation.sector + count;
}
