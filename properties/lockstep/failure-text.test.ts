/** The one screen that a failure becomes, as text. */
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { fourClusters, guestRead, primaryWrite, started } from '../../model/testing/scenario.ts';
import type { Case } from '../cases/case.ts';
import { contentSign, contentSymbols } from '../screen/content-symbols.ts';
import { buildFailureReport } from './failure-report.ts';
import { printFailure } from './failure-text.ts';
import { runLockstep } from './lockstep.ts';
import { openSystem } from '../subjects/subjects.ts';

const plain = pc.createColors(false);

function reportOf(testCase: Case): string {
  const divergence = runLockstep(openSystem('mutant:no-copy-before-a-write'), testCase, { depth: 'full' });
  if (divergence === null) throw new Error('the bug does not show');
  return printFailure(buildFailureReport('mutant', testCase, divergence, 'found by hand'), plain);
}

test('names the step, marks what touches the sector, and shows the layers beside each other', () => {
  const testCase = {
    setup: { nodes: [fourClusters] },
    operations: [...started, guestRead(2, 2), primaryWrite(2, 5), guestRead(0)],
  };
  expect(reportOf(testCase)).toMatchInlineSnapshot(`
    "Step 4 (primaryWrite sector 2 tag 5, stage running): view at sector 2 is 5 in mutant, 1 in the model
    breaks isolation: while a secondary runs and its last checkpoint was whole, no primary request, whatever it answers, changes what the secondary VM sees
    secondary mode, 8 sectors of 8 bytes, clusters 2 active, 2 hidden; units 2 copy, 2 commit; 1 commit requests at once

        1  open                                       ok
        2  start secondary                            ok
    *   3  guestRead sectors 2..3                     tags 1 1
    >   4  primaryWrite sector 2 tag 5                ok

    sector                 0    1    2    3    4    5    6    7
    view       before      1    1    1    1    1    1    1    1
               model       1    1    1    1    1    1    1    1
               system      1    1    5    1    1    1    1    1
    active     before      -    -    -    -    -    -    -    -
               model       -    -    -    -    -    -    -    -
               system      -    -    -    -    -    -    -    -
    hidden     before      -    -    -    -    -    -    -    -
               model       -    -    1    1    -    -    -    -
               system      -    -    -    -    -    -    -    -
    secondary  before      1    1    1    1    1    1    1    1
               model       1    1    5    1    1    1    1    1
               system      1    1    5    1    1    1    1    1
    expected, did not happen: copy before write of sectors 2..3, secondary to hidden
    tag of the write that each sector holds: 0 zeroes, - not allocated

    found by hand"
  `);
});

test('stays on one screen for a long case', () => {
  const reads = Array.from({ length: 200 }, () => guestRead(0));
  const text = reportOf({
    setup: { nodes: [fourClusters] },
    operations: [...started, ...reads, primaryWrite(2, 5)],
  });
  expect(text.split('\n').length).toBeLessThan(50);
  expect(text).toContain('... 179 steps not shown ...');
});

test('has one sign for each content that is no tag, and explains those that are there', () => {
  expect([null, undefined, -2, -1, 0, 7].map(contentSign)).toEqual(['-', '.', '!', '?', '0', '7']);
  const signs = Object.values(contentSymbols).map(({ sign }) => sign);
  expect(new Set(signs).size).toBe(signs.length);
  const testCase = { setup: { nodes: [fourClusters] }, operations: started };
  const view = { kind: 'data', tags: [-2, -1, 1, 1, 1, 1, 1, 1] } as const;
  const divergence = {
    kind: 'observation',
    index: 1,
    operation: { op: 'start', mode: 'secondary' },
    stage: 'none',
    node: 0,
    part: 'view',
    sector: 0,
    expected: '1',
    actual: '-2',
    observed: { view },
  } as const;
  const text = printFailure(buildFailureReport('mine', testCase, divergence, 'found by hand'), plain);
  expect(text).toContain('view at sector 0 is unreadable in mine, 1 in the model');
  expect(text).toContain('system      !    ?    1    1');
  expect(text).toContain('system      .    .    .    .');
  expect(text).toContain(
    "holds: 0 zeroes, - not allocated, ! unreadable, x refused, ? no write's content, . not shown",
  );
});

test('shows the layer that answers where the system shows it', () => {
  const testCase = {
    setup: { nodes: [fourClusters] },
    operations: [...started, guestRead(0)],
  };
  const divergence = {
    kind: 'observation',
    index: 2,
    operation: guestRead(0),
    stage: 'running',
    node: 0,
    part: 'answeredBy',
    sector: 0,
    expected: 'secondary',
    actual: 'active',
    observed: { answeredBy: Array.from({ length: 8 }, (_, sector) => (sector < 2 ? 'active' : 'secondary')) },
  } as const;
  const text = printFailure(buildFailureReport('qemu', testCase, divergence, 'found by hand'), plain);
  expect(text).toContain(`answers    before    sec  sec  sec  sec  sec  sec  sec  sec
           model     sec  sec  sec  sec  sec  sec  sec  sec
           system    act  act  sec  sec  sec  sec  sec  sec
`);
  expect(text).toContain('answers: act(ive), hid(den) or sec(ondary) disk');
});

test('says where the sector that differs lies on a disk with gaps', () => {
  const gaps = [
    { sector: 2, sectors: 2 ** 20 },
    { sector: 4, sectors: 2 ** 21 },
  ];
  const geometry = { ...fourClusters.geometry, gaps };
  const text = reportOf({
    setup: { nodes: [{ ...fourClusters, geometry }] },
    operations: [...started, primaryWrite(2, 5)],
  });
  expect(text).toContain(
    'view at sector 2 is 5 in mutant, 1 in the model (on the disk that is sector 1048578)',
  );
  expect(text).toContain('; a gap of 8 MiB before sector 2; a gap of 16 MiB before sector 4; 1 commit');
  expect(text).toContain(
    [
      'a gap of 8 MiB before sector 2, which is sector 1048578 of the disk',
      'a gap of 16 MiB before sector 4, which is sector 3145732 of the disk',
      'sector                 0    1',
    ].join('\n'),
  );
});
