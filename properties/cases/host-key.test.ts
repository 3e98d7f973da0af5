/** States that answer alike have one key, and no other states do. */
import { expect, test } from 'vitest';
import { changed, initialState } from '../../model/node.ts';
import type { Host, Node } from '../../model/node.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import { hostKey } from './host-key.ts';

const setup: NodeSetup = {
  mode: 'secondary',
  geometry: {
    lengthSectors: 2,
    sectorBytes: 8,
    activeClusterSectors: 1,
    hiddenClusterSectors: 1,
    copyUnitSectors: 1,
    commitUnitSectors: 1,
  },
  initialContent: [],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};
const host = initialState({ nodes: [setup] });
const bad = { disk: 'active', access: 'read', sector: 0 } as const;
const worse = { disk: 'hidden', access: 'read', sector: 0 } as const;
const commitJob = { dirty: [true, true], cursor: 0, inFlight: [] };

/** Another value for each field that the steps of one setup can change. */
const others: Required<Omit<Node, 'setup' | 'index'>> = {
  stage: 'running',
  commitJob,
  hiddenAttached: 1,
  secondaryAttached: 1,
  backupJob: true,
  blockerLeft: true,
  origHiddenReadOnly: true,
  error: true,
  exported: true,
  committed: true,
  reopened: true,
  link: 'dead',
  active: [null, 0],
  hidden: [null, 0],
  secondary: [0, 1],
  copied: [false, true],
  badSectors: [bad],
  makeEmptyFails: { active: null, hidden: 'ejected' },
  ejected: { active: false, hidden: true },
  linkCut: true,
};

function withNode(change: Partial<Node>): Host {
  return { ...host, nodes: host.nodes.map((node) => changed(node, change)) };
}

test('each field of a host and of a node tells states apart', () => {
  const fields = Object.keys(host.nodes[0] ?? {}).filter((name) => name !== 'setup' && name !== 'index');
  expect(Object.keys(others).toSorted()).toEqual(fields.toSorted());
  const changes = Object.entries(others).map(([name, value]) => withNode({ [name]: value }));
  const states = [
    host,
    { ...host, newestFirst: [0] },
    { ...host, dead: 'startOfReadOnlyNode' as const },
    ...changes,
    withNode({ commitJob: { ...commitJob, cursor: 1 } }),
    withNode({ makeEmptyFails: { active: 'ejected', hidden: null } }),
    withNode({ ejected: { active: true, hidden: false } }),
    withNode({ badSectors: [worse] }),
    withNode({ badSectors: [bad, worse] }),
  ];
  expect(new Set(states.map(hostKey)).size).toBe(states.length);
});

test('bad sectors are a set: neither their order nor a repeat tells states apart', () => {
  const key = hostKey(withNode({ badSectors: [bad, worse] }));
  expect(hostKey(withNode({ badSectors: [worse, bad, worse] }))).toBe(key);
});
