/** Draws a whole case: a setup, then operations chosen against the running model state. */
import type { Random } from 'fast-check';
import { initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { BadSector, Defect, Extent, Geometry, Mode, NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Case } from '../cases/case.ts';
import { Dice } from '../cases/dice.ts';
import { gapFaultProblem, withDrawnGap } from '../cases/gaps.ts';
import { drawGeometry, hasWideSectors, sliceEnds, writtenOut } from '../cases/geometries.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { OperationGenerator } from './operation-generator.ts';
import { badSectorProblem, QEMU_COMMIT_JOINS, QEMU_COMMIT_REQUESTS } from '../cases/setup-problem.ts';
import type { SetupWish, Shape, Target } from '../steering/target.ts';
import { reshaped } from '../steering/targets.ts';
import type { TargetTable } from '../steering/targets.ts';

export interface CaseOptions {
  readonly capabilities: Capabilities;
  readonly geometry: GeometryChoice;
  /** The longest case; lengths are spread evenly from 1 up to it. */
  readonly operationsMax: number;
  /** Left out: some of the cases are drawn towards what is met seldom. */
  readonly steering?: 'off';
}

/** Shorter than this hardly any target is reached. */
const STEERED_LENGTH_MIN = 12;

/** Cases that `table` does not steer are what they would be without it. */
export function generateCase(random: Random, options: CaseOptions, table: TargetTable): Case {
  const dice = new Dice(random);
  const target = table.length === 0 ? null : (table[dice.belowAside(table.length)] ?? null);
  const setup = target === null ? drawSetup(options, dice) : drawSetupFor(target, options, dice);
  const drawn = dice.between(1, options.operationsMax);
  const length =
    target === null ? drawn : Math.max(drawn, Math.min(STEERED_LENGTH_MIN, options.operationsMax));
  const generator = new OperationGenerator(setup, options.capabilities, dice, target);
  const start = initialState(setup);
  const operations: Operation[] = [];
  const steps: HostStep[] = [];
  let host: Host = start;
  while (operations.length < length) {
    const operation = generator.draw(host);
    const next = step(host, operation);
    operations.push(operation);
    steps.push(next);
    ({ host } = next);
  }
  return { setup, operations, walk: { start, steps } };
}

/** Mostly one node; several mostly of one mode, as on a real host. */
function drawSetup(options: CaseOptions, dice: Dice): Setup {
  const { modes, nodesMax } = options.capabilities;
  const count = dice.oneIn(16) ? dice.between(1, nodesMax) : 1;
  const primary = modes.includes('primary') && (dice.oneIn(8) || !modes.includes('secondary'));
  const mixed = dice.oneIn(2) && modes.length > 1;
  const nodes: NodeSetup[] = [];
  while (nodes.length < count) {
    const other = mixed && nodes.length > 0 && dice.oneIn(2);
    nodes.push(drawNode(options, dice, primary === other ? 'secondary' : 'primary'));
  }
  return { nodes };
}

/** What a target leaves open is drawn as in any case. */
function drawSetupFor({ mode, wish, shape }: Target, options: CaseOptions, dice: Dice): Setup {
  const nodes: NodeSetup[] = [];
  while (nodes.length < wish.nodes) nodes.push(drawNode(options, dice, mode, wish, shape));
  return { nodes };
}

function drawNode(
  { capabilities, geometry: choice }: CaseOptions,
  dice: Dice,
  mode: Mode,
  wish?: SetupWish,
  shape?: Shape,
): NodeSetup {
  const isReshaped = shape !== undefined && choice === 'mixed';
  const geometry = writtenOut(
    isReshaped
      ? reshaped(drawGeometry(choice, withOwnSlices(capabilities), dice), shape, capabilities, dice)
      : drawGeometry(choice, capabilities, dice),
  );
  if (wish?.isSound === true) return soundNode(mode, geometry, capabilities, wish, dice);
  const often = mode === 'primary' || sliceEnds(geometry).length > 0;
  const bad =
    hasWideSectors(geometry) || dice.oneIn(often ? 2 : 4)
      ? drawBadSectors(mode, geometry, capabilities, dice)
      : [];
  const defects = wish?.defect === true || dice.oneIn(12) ? drawDefect(mode, capabilities, dice) : [];
  const initialContent = drawContent(geometry, dice);
  const readOnly = drawReadOnly(mode, capabilities, dice);
  const commitRequestsMax = drawCommitRequests(capabilities, dice);
  const aside = dice.aside();
  const rare = drawRareWiring(mode, geometry, capabilities, aside);
  const even: NodeSetup = {
    mode,
    geometry,
    initialContent,
    readOnly: rare.readOnly ?? readOnly,
    badSectors: rare.badSectors ?? bad,
    defects: rare.defects ?? defects,
    commitRequestsMax,
  };
  const joined = withJoins(even, drawJoins(capabilities, aside) ?? joinsOf(geometry, capabilities));
  const wired = choice === 'mixed' && wish === undefined ? withGap(joined, capabilities, aside) : joined;
  return bad.some((sector) => badSectorProblem(sector, wired) !== null)
    ? changedSetup(wired, { badSectors: [] })
    : wired;
}

/**
 * The same but for some fields. All are written out: every step looks some of them up, which in objects that spreads have made
 * takes the engine many times as long.
 */
function changedSetup(node: NodeSetup, change: Partial<NodeSetup>): NodeSetup {
  const { mode, readOnly, defects, commitRequestsMax } = node;
  const { geometry = node.geometry, initialContent = node.initialContent } = change;
  const { badSectors = node.badSectors, commitJoinsUnits = node.commitJoinsUnits } = change;
  return commitJoinsUnits === undefined
    ? { mode, geometry, initialContent, readOnly, badSectors, defects, commitRequestsMax }
    : { mode, geometry, initialContent, readOnly, badSectors, defects, commitRequestsMax, commitJoinsUnits };
}

function withJoins(node: NodeSetup, commitJoinsUnits: number | undefined): NodeSetup {
  return commitJoinsUnits === undefined ? node : changedSetup(node, { commitJoinsUnits });
}

/** One disk in so many is longer than the case: that costs nothing, and what goes wrong there goes wrong everywhere. */
const GAPS_ONE_IN = 16;

/** Content that filled the disk fills what the case has now. */
function withGap(node: NodeSetup, { geometry: limits }: Capabilities, dice: Dice): NodeSetup {
  if (limits.diskSectorsMax === undefined || !dice.oneIn(GAPS_ONE_IN)) return node;
  const { lengthSectors } = node.geometry;
  const drawn = withDrawnGap(node.geometry, limits, dice);
  if (drawn === null) return node;
  const geometry = writtenOut(drawn);
  const initialContent = node.initialContent.map((extent) =>
    extent.count === lengthSectors ? { ...extent, count: geometry.lengthSectors } : extent,
  );
  const longer = changedSetup(node, { geometry, initialContent });
  return gapFaultProblem(longer, limits) === null ? longer : node;
}

/** Slices that are stated would have to fit the new clusters. */
function withOwnSlices(capabilities: Capabilities): Capabilities {
  const { sectorBytes, lengthSectorsMax } = capabilities.geometry;
  return { ...capabilities, geometry: { sectorBytes, lengthSectorsMax } };
}

function soundNode(
  mode: Mode,
  geometry: Geometry,
  capabilities: Capabilities,
  { hiddenReadOnly }: SetupWish,
  dice: Dice,
): NodeSetup {
  const sound: NodeSetup = {
    mode,
    geometry,
    initialContent: drawContent(geometry, dice),
    readOnly: hiddenReadOnly === true ? ['hidden'] : [],
    badSectors: [],
    defects: [],
    commitRequestsMax: drawCommitRequests(capabilities, dice),
  };
  return withJoins(sound, joinsOf(geometry, capabilities));
}

function drawCommitRequests({ commit }: Capabilities, dice: Dice): number {
  return commit === 'stepped' ? dice.between(1, 3) : QEMU_COMMIT_REQUESTS;
}

/** How many units a commit joins: seldom more than one. */
function drawJoins({ commit, joinsCommitUnits }: Capabilities, dice: Dice): number | undefined {
  const isDrawn = joinsCommitUnits === true && commit === 'stepped' && dice.oneIn(8);
  return isDrawn ? dice.between(2, 4) : undefined;
}

/** What QEMU has, where it matters. */
function joinsOf(geometry: Geometry, { commit, joinsCommitUnits }: Capabilities): number | undefined {
  const units = Math.ceil(geometry.lengthSectors / geometry.commitUnitSectors);
  const matters = joinsCommitUnits === true && commit === 'free' && units > QEMU_COMMIT_REQUESTS;
  return matters ? QEMU_COMMIT_JOINS : undefined;
}

function drawReadOnly(mode: Mode, { readOnly }: Capabilities, dice: Dice): NodeSetup['readOnly'] {
  if (mode === 'primary' || !dice.oneIn(12)) return [];
  const disk = dice.pick<NodeSetup['readOnly'][number]>(['hidden', 'secondary']);
  return readOnly.includes(disk) ? [disk] : [];
}

/** Half of the time the one that fails a failover. */
function drawBadSectors(
  mode: Mode,
  geometry: Geometry,
  { badSectors: disks }: Capabilities,
  dice: Dice,
): BadSector[] {
  const { lengthSectors } = geometry;
  const classic: BadSector = { disk: 'secondary', access: 'write', sector: dice.below(lengthSectors) };
  if (!disks.includes('secondary')) return [];
  if (mode === 'secondary' && hasWideSectors(geometry) && dice.oneIn(2)) {
    return [{ ...classic, access: 'read' }];
  }
  if (mode === 'primary' || dice.oneIn(2)) {
    // A second one for writes after the failover that the first has failed.
    const cut = sliceEnds(geometry).length > 0;
    return cut ? [classic, { ...classic, sector: dice.below(lengthSectors) }] : [classic];
  }
  return Array.from({ length: dice.between(1, 2) }, () => ({
    disk: disks[dice.below(disks.length)] ?? 'secondary',
    access: dice.oneIn(2) ? 'read' : 'write',
    sector: dice.below(lengthSectors),
  }));
}

/** Mostly one tag everywhere; sometimes a zero gap, sometimes all zeroes. */
function drawContent({ lengthSectors }: Geometry, dice: Dice): Extent[] {
  if (dice.oneIn(8)) return [];
  const whole: Extent = { sector: 0, count: lengthSectors, tag: 1 };
  return dice.oneIn(4) ? [{ ...whole, count: dice.between(1, lengthSectors) }] : [whole];
}

type SpecialWiring = Partial<Pick<NodeSetup, 'defects' | 'readOnly' | 'badSectors'>>;

/** What is drawn aside. A node that is read-only, or whose active is, does little but die or stay closed. */
const rareWirings: readonly SpecialWiring[] = [
  { defects: ['secondaryUnmaps'] },
  { defects: ['secondaryUnmaps'] },
  { defects: ['secondaryUnmaps'] },
  { defects: ['secondaryUnmaps'] },
  { defects: ['secondaryUnmaps'] },
  { defects: ['secondaryUnmaps'] },
  { defects: ['topIdAbove'] },
  { defects: ['topIdUnrelated'] },
  { defects: ['topIdNoRoot'] },
  { defects: ['hiddenShorter'] },
  { defects: ['secondaryLonger'] },
  { defects: ['activeLonger'] },
  { defects: ['activeShorter'] },
  { defects: ['hiddenCannotBeEmptied'] },
  { readOnly: ['active'] },
  { readOnly: ['node'] },
  { readOnly: ['node'], defects: ['hiddenWriteUnshared'] },
  { readOnly: ['node'], defects: ['hiddenWriteUnshared'] },
  { readOnly: ['node'], defects: ['hiddenWriteUnshared'] },
];

/** The one defect that only a primary has. */
const primaryWirings: readonly SpecialWiring[] = [{ defects: ['topIdOnPrimary'] }];

const rareDefects: ReadonlySet<Defect> = new Set(
  rareWirings.flatMap(({ defects = [] }) => defects).filter((name) => name !== 'hiddenWriteUnshared'),
);

function drawRareWiring(
  mode: Mode,
  { lengthSectors }: Geometry,
  capabilities: Capabilities,
  dice: Dice,
): SpecialWiring {
  if (!dice.oneIn(16)) return {};
  const wirings = mode === 'primary' ? primaryWirings : rareWirings;
  const possible = wirings.filter(
    ({ defects = [], readOnly = [] }) =>
      defects.every((defect) => capabilities.defects.includes(defect)) &&
      readOnly.every((place) => capabilities.readOnly.includes(place)),
  );
  const wiring = possible[dice.below(Math.max(1, possible.length))] ?? {};
  const unmaps = wiring.defects?.includes('secondaryUnmaps') === true;
  if (!unmaps || !capabilities.badSectors.includes('secondary') || dice.oneIn(2)) return wiring;
  // Where it fails a failover, and discards of it after that.
  return {
    ...wiring,
    badSectors: [{ disk: 'secondary', access: 'write', sector: dice.below(lengthSectors) }],
  };
}

const ofBothModes: readonly Defect[] = ['modeMissing', 'modeUnknown'];

/** Only what means something for the mode: a primary has no overlays, and nobody but it refuses a top-id. */
function drawDefect(mode: Mode, { defects }: Capabilities, dice: Dice): Defect[] {
  const meant = defects.filter(
    (name) =>
      !rareDefects.has(name) &&
      (ofBothModes.includes(name) || (name === 'topIdOnPrimary') === (mode === 'primary')),
  );
  const defect = meant[dice.below(Math.max(1, meant.length))];
  return defect === undefined ? [] : [defect];
}
