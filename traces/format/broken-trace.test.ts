/** Traces with one thing wrong: each is refused in one line that says where, what stands there, and what to do. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { everything } from '../../properties/cases/full-capabilities.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { TraceError } from './trace-error.ts';
import { formatTrace, parseTrace, readTrace } from './trace-file.ts';

const text = formatTrace(soundTrace);
const remedy = 'Edit the file or record the trace again.';

function edited(from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

const range = `must be a whole number from 0 to 4294967295. ${remedy}`;

const operationNames = everything.operations.join(', ');

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a broken trace is refused in one line', () => {
  test.each([
    ['empty', () => '', `is not JSON (Unexpected end of JSON input; line 1, column 1). ${remedy}`],
    [
      'truncated',
      () => text.slice(0, text.indexOf('version') + 3),
      `is not JSON (Unterminated string in JSON at position 39; line 3, column 7). ${remedy}`,
    ],
    [
      'no JSON in the third line',
      () => edited('"version": 2', '"version": one'),
      /^is not JSON \(Unexpected token 'o', .* is not valid JSON; line 3, column 14\)/,
    ],
    [
      'a control character',
      () => '\n\u0000',
      `is not JSON (Unexpected token ' ', " " is not valid JSON; line 2, column 1). ${remedy}`,
    ],
    [
      'two values of one name',
      () => edited('"version": 2', '"version": 2, "version": 2'),
      `has two values for "version" (line 3, column 17). ${remedy}`,
    ],
    ['a list', () => '[]', `is no colocheck trace ("format": "colocheck-trace" is missing). ${remedy}`],
    ['null', () => 'null', `is no colocheck trace ("format": "colocheck-trace" is missing). ${remedy}`],
    [
      'another format',
      () => edited('"colocheck-trace"', '"pcap"'),
      `is no colocheck trace ("format": "colocheck-trace" is missing). ${remedy}`,
    ],
    [
      'another version',
      () => edited('"version": 2', '"version": 9'),
      'version is 9: this colocheck reads version 2. Record the trace again.',
    ],
    [
      'a version as text',
      () => edited('"version": 2', '"version": "1"'),
      'version is "1": this colocheck reads version 2. Record the trace again.',
    ],
    [
      'no version',
      () => edited('"version": 2,', ''),
      'version is missing: this colocheck reads version 2. Record the trace again.',
    ],
    [
      'an unknown operation',
      () => edited('"open"', '"opne"'),
      `operations[0].op is "opne": must be one of ${operationNames}. ${remedy}`,
    ],
    [
      'an operation without a name',
      () => edited('"op": "open"', ''),
      `operations[0].op is missing: must be one of ${operationNames}. ${remedy}`,
    ],
    [
      'a number in the place of an operation',
      () => edited('{ "op": "open" }', '3'),
      `operations[0] is 3: must be an operation, such as { "op": "open" }. ${remedy}`,
    ],
    [
      'an unknown key',
      () => edited('"op": "open"', '"op": "open", "fast": true'),
      `operations[0] is {"op":"open","fast":true}: there is no "fast" here. ${remedy}`,
    ],
    [
      'an unknown key that breaks the line',
      () => edited('"comparison"', '"a\\nb": 1, "comparison"'),
      `there is no "a\\nb" here. ${remedy}`,
    ],
    [
      'no setup',
      () => text.replace(/"setup": \{[^]*\n {2}\},/, ''),
      `setup is missing: must be an object. ${remedy}`,
    ],
    [
      'an unknown defect',
      () => edited('"defects": []', '"defects": ["rust"]'),
      /^setup\.nodes\[0\]\.defects\[0\] is "rust": must be one of modeMissing, .*topIdAbove\. Edit/,
    ],
    [
      'an unknown comparison',
      () => edited('"comparison": "qemu"', '"comparison": "perhaps"'),
      `comparison is "perhaps": must be one of qemu, qemu-11.1, document, or qemu+NAME+... with names of docs/deviations.md. ${remedy}`,
    ],
    [
      'a skip that is not true',
      () => edited('"skip": true', '"skip": false'),
      `operations[1].skip is false: must be true. ${remedy}`,
    ],
    [
      'a number beyond all numbers',
      () => edited('"count": 1, "tag"', '"count": 1e999, "tag"'),
      `operations[1].count is Infinity: ${range}`,
    ],
    [
      'a negative sector',
      () => edited('"sector": 0, "count": 1', '"sector": -1, "count": 1'),
      `operations[1].sector is -1: ${range}`,
    ],
    [
      'a fraction',
      () => edited('"count": 1, "tag"', '"count": 0.5, "tag"'),
      `operations[1].count is 0.5: ${range}`,
    ],
    [
      'a number as text',
      () => edited('"count": 1, "tag"', '"count": "1", "tag"'),
      `operations[1].count is "1": ${range}`,
    ],
    [
      'a missing number',
      () => edited('"count": 1, "tag"', '"tag"'),
      `operations[1].count is missing: ${range}`,
    ],
    [
      'a tag too large',
      () => edited('"tag": 2', '"tag": 5000'),
      `operations[1].tag is 5000: must be a whole number from 0 to 4095. ${remedy}`,
    ],
    [
      'length 0',
      () => edited('"lengthSectors": 8', '"lengthSectors": 0'),
      `setup.nodes[0].geometry.lengthSectors is 0: must be a whole number from 1 to 2097152. ${remedy}`,
    ],
    [
      'a huge disk',
      () =>
        edited('"sectorBytes": 8', '"sectorBytes": 65536').replace(
          '"lengthSectors": 8',
          '"lengthSectors": 2097152',
        ),
      `setup.nodes[0].geometry.lengthSectors is 2097152: the disk would have more than 1 GiB. ${remedy}`,
    ],
    [
      'units that do not fit',
      () => edited('"copyUnitSectors": 2', '"copyUnitSectors": 3'),
      `setup.nodes[0].geometry.copyUnitSectors is 3: must be a multiple of hiddenClusterSectors. ${remedy}`,
    ],
    [
      'odd sectors',
      () => edited('"sectorBytes": 8', '"sectorBytes": 10'),
      `setup.nodes[0].geometry.sectorBytes is 10: must be a multiple of 4 from 4 to 1048576. ${remedy}`,
    ],
    [
      'a bad sector past the end',
      () => edited('"sector": 3', '"sector": 8'),
      `setup.nodes[0].badSectors[0] is {"disk":"secondary","access":"write","sector":8}: sector 8 is past the end of the disk (8 sectors). ${remedy}`,
    ],
    [
      'a layer that does not exist',
      () => edited('"disk": "secondary"', '"disk": "tertiary"'),
      `setup.nodes[0].badSectors[0].disk is "tertiary": must be one of active, hidden, secondary. ${remedy}`,
    ],
    [
      'a fault past the end',
      () =>
        edited(
          '{ "op": "open" }',
          '{ "op": "breakSector", "disk": "hidden", "access": "read", "sector": 8 }',
        ),
      `operations[0] is {"op":"breakSector","disk":"hidden","access":"read","sect...: sector 8 is past the end of the disk (8 sectors). ${remedy}`,
    ],
    [
      'a fault of a layer that does not exist',
      () => edited('{ "op": "open" }', '{ "op": "failEmptying", "disk": "secondary", "how": "kept" }'),
      `operations[0].disk is "secondary": must be "active" or "hidden". ${remedy}`,
    ],
    [
      'a fault of a layer that a primary does not have',
      () =>
        edited('{ "op": "open" }', '{ "op": "repairSectors", "disk": "active" }').replace(
          '"mode": "secondary"',
          '"mode": "primary"',
        ),
      `operations[0] is {"op":"repairSectors","disk":"active"}: a node in primary mode has no active disk. ${remedy}`,
    ],
    [
      'a job that does not exist',
      () => edited('{ "op": "open" }', '{ "op": "endJob", "job": "mirror" }'),
      `operations[0].job is "mirror": must be "backup" or "commit": there is no other job. ${remedy}`,
    ],
    [
      'a job that is not there',
      () =>
        edited('{ "op": "open" }', '{ "op": "endJob", "job": "backup" }').replace(
          '"mode": "secondary"',
          '"mode": "primary"',
        ),
      `operations[0] is {"op":"endJob","job":"backup"}: a node in primary mode has no backup job. ${remedy}`,
    ],
    [
      'a link that is not there',
      () => edited('{ "op": "open" }', '{ "op": "cutLink" }'),
      `operations[0] is {"op":"cutLink"}: a node in secondary mode has no link. ${remedy}`,
    ],
    [
      'a node that is not there',
      () => edited('{ "op": "open" }', '{ "op": "open", "node": 1 }'),
      `operations[0] is {"op":"open","node":1}: there is no node 1: the setup has 1. ${remedy}`,
    ],
    [
      'no node at all',
      () => text.replace(/"nodes": \[[^]*\n {4}\]/, '"nodes": []'),
      `setup.nodes is []: must have at least one node. ${remedy}`,
    ],
    [
      'content past the end',
      () => edited('"count": 8', '"count": 9'),
      `setup.nodes[0].initialContent[0] is {"sector":0,"count":9,"tag":1}: ends at 9, past the end of the disk (8 sectors). ${remedy}`,
    ],
  ])('%s', (_name, broken, message) => {
    const [line, ...further] = refusal(() => parseTrace(broken(), 'x.json')).split('\n');
    expect(further).toEqual([]);
    const said = line?.replace('x.json: ', '');
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  test('a file that is not there, and a folder', () => {
    const folder = import.meta.dirname;
    const missing = join(folder, 'none.json');
    expect(refusal(() => readTrace(missing))).toBe(
      `cannot read ${missing}: ENOENT: no such file or directory, open '${missing}'. Name an existing trace file.`,
    );
    expect(refusal(() => readTrace(folder))).toBe(
      `cannot read ${folder}: EISDIR: illegal operation on a directory, read. Name an existing trace file.`,
    );
  });
});
