/** On which hosts, and by which operations, a failure of a system that cannot hand out its state is looked for. */
import { essentialOperations } from '../../impl/capabilities.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import { QEMU_SECTOR_BYTES } from '../cases/geometries.ts';
import { QEMU_COMMIT_REQUESTS, setupProblem } from '../cases/setup-problem.ts';
import type { LikelyHost } from './likely-cases.ts';
import { oddSetups, plainSetups } from './small-setups.ts';
import { isOddRequest, sectorlessAlphabet, wholeAlphabet } from './whole-alphabet.ts';

/** What most failures need to be reached. */
const usualKinds: readonly OperationName[] = [...essentialOperations, 'stop', 'checkpoint', 'commitSettle'];

/** The host of the failing case, with its own operations and the usual calls. */
export function ownHost({ setup, operations }: Case, capabilities: Capabilities): LikelyHost[] {
  return [{ setup, alphabet: ownAlphabet(operations, setup, capabilities) }];
}

/** Small hosts, plain ones first, with all operations of the kinds of the failing case and the usual ones. */
export function smallHosts({ operations }: Case, capabilities: Capabilities): LikelyHost[] {
  const kinds = new Set<OperationName>([...usualKinds, ...operations.map(({ op }) => op)]);
  // What is made for any sizes is then given those that are possible.
  const anySizes: Capabilities = {
    ...capabilities,
    commit: 'stepped',
    geometry: { ...capabilities.geometry, sectorBytes: 'any', slices: 'any' },
  };
  const small = [...plainSetups(capabilities, 1), ...oddSetups(anySizes, 4)].map((each) => ({
    nodes: each.nodes.map((node) => asPossible(node, capabilities)),
  }));
  const possible = distinct(small).filter((each) => setupProblem(each, capabilities) === null);
  return possible.map((each) => ({
    setup: each,
    alphabet: wholeAlphabet(each, capabilities).filter(
      (operation) => kinds.has(operation.op) && !isOddRequest(operation, each),
    ),
  }));
}

/** Its operations, each once, and the calls that are usual. */
function ownAlphabet(
  operations: readonly Operation[],
  setup: Setup,
  capabilities: Capabilities,
): Operation[] {
  const calls = sectorlessAlphabet(setup, capabilities).filter(({ op }) => usualKinds.includes(op));
  const texts = new Map([...operations, ...calls].map((operation) => [JSON.stringify(operation), operation]));
  return [...texts.values()];
}

/** With the sizes that are fixed on QEMU, where the system has those. */
function asPossible(node: NodeSetup, { geometry: limits, commit }: Capabilities): NodeSetup {
  const commitRequestsMax = commit === 'free' ? QEMU_COMMIT_REQUESTS : node.commitRequestsMax;
  if (limits.sectorBytes !== QEMU_SECTOR_BYTES) return { ...node, commitRequestsMax };
  const { activeSliceSectors: _active, hiddenSliceSectors: _hidden, ...geometry } = node.geometry;
  const unit = { copyUnitSectors: QEMU_UNIT, commitUnitSectors: QEMU_UNIT };
  return {
    ...node,
    commitRequestsMax,
    geometry: { ...geometry, sectorBytes: QEMU_SECTOR_BYTES, ...unit },
  };
}

/** Of a copy and of a commit, in sectors, where the clusters of hidden are not larger. */
const QEMU_UNIT = 128;

function distinct(setups: readonly Setup[]): Setup[] {
  return [...new Map(setups.map((setup) => [JSON.stringify(setup), setup])).values()];
}
