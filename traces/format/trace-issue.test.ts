/** What is said of one wrong value in a trace: its place, what stands there, and what must stand there. */
import { expect, test } from 'vitest';
import { soundTrace } from '../record/sound-trace.ts';
import { parseTrace } from './trace-file.ts';

const [node] = soundTrace.setup.nodes;
const nodes = (changes: object) => ({ setup: { nodes: [{ ...node, ...changes }] } });
const operation = (changes: object) => ({ operations: [{ op: 'open' }, changes] });

test.each([
  [{ note: 7 }, 'note is 7: must be a string'],
  [{ operations: 7 }, 'operations is 7: must be an array'],
  [nodes({ mode: 'third' }), 'setup.nodes[0].mode is "third": must be "primary" or "secondary"'],
  [
    nodes({ readOnly: ['top'] }),
    'setup.nodes[0].readOnly[0] is "top": must be one of hidden, secondary, active, node',
  ],
  [
    nodes({ badSectors: [{ disk: 'top', access: 'read', sector: 0 }] }),
    'setup.nodes[0].badSectors[0].disk is "top": must be one of active, hidden, secondary',
  ],
  [
    nodes({ badSectors: [{ disk: 'active', access: 'trim', sector: 0 }] }),
    'setup.nodes[0].badSectors[0].access is "trim": must be "read" or "write"',
  ],
  [
    operation({ op: 'failEmptying', disk: 'secondary', how: 'kept' }),
    'operations[1].disk is "secondary": must be "active" or "hidden"',
  ],
  [operation({ op: 'stop' }), 'operations[1].failover is missing: must be a boolean'],
  [operation({ op: 'open', one: 1, two: 2 }), 'there is no "one", "two" here'],
  [{ operations: [null] }, 'operations[0] is null: must be an operation, such as { "op": "open" }'],
  [{ operations: [[]] }, 'operations[0] is []: must be an operation, such as { "op": "open" }'],
  [{ setup: { nodes: [] } }, 'setup.nodes is []: must have at least one node'],
  [{ setup: { nodes: Array.from({ length: 4 }, () => node) } }, 'must have at most'],
  [
    { comparison: 'x'.repeat(58) },
    `comparison is "${'x'.repeat(58)}": must be one of qemu, qemu-11.1, document`,
  ],
  [
    { comparison: 'x'.repeat(59) },
    `comparison is "${'x'.repeat(56)}...: must be one of qemu, qemu-11.1, document`,
  ],
])('%j', (changes, message) => {
  expect(() => parseTrace(JSON.stringify({ ...soundTrace, ...changes }), 'a.json')).toThrow(message);
});

test('a disk of 1 GiB is the largest', () => {
  const sized = (lengthSectors: number) => {
    const geometry = { ...node?.geometry, lengthSectors, sectorBytes: 1024 };
    return JSON.stringify({ ...soundTrace, setup: { nodes: [{ ...node, geometry }] } });
  };
  expect(parseTrace(sized(2 ** 20), 'a.json').setup.nodes).toHaveLength(1);
  expect(() => parseTrace(sized(2 ** 20 + 1), 'a.json')).toThrow('the disk would have more than 1 GiB');
});

test.each(['null', '7', '"trace"'])('%s is no trace at all', (text) => {
  expect(() => parseTrace(text, 'a.json')).toThrow(/^a\.json: /);
});
