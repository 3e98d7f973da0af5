/** Traces with overlap: written, read, replayed; and what is wrong with one is one line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { runFlightCampaign } from '../../properties/in-flight/campaign/flight-campaign.ts';
import { syncFlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import type { SyncFlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { atomicInFlight } from '../../properties/in-flight/testing/atomic-in-flight.ts';
import type { Slip } from '../../properties/in-flight/testing/atomic-in-flight.ts';
import { secondary } from '../../properties/in-flight/testing/small-histories.ts';
import { TraceError } from '../format/trace-error.ts';
import { formatTrace, readTrace } from '../format/trace-file.ts';
import { isFlightTrace, readFlightTrace, saveFlight } from './flight-trace-file.ts';
import type { FlightTrace } from './flight-trace-schema.ts';
import { recordFlight } from './record-flight.ts';
import type { RecordedFlight } from './record-flight.ts';
import { replayFlight } from './replay-flight.ts';
import { savedFlights } from './saved-flights.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flights-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const trace: FlightTrace = {
  format: 'colocheck-trace',
  version: 3,
  comparison: 'qemu',
  setup: { nodes: [secondary(2)] },
  operations: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'submit', request: 1, operation: { op: 'guestWrite', sector: 0, count: 1, tag: 2 } },
    { op: 'advance', request: 1 },
    { op: 'primaryWrite', sector: 0, count: 1, tag: 3 },
    { op: 'await', request: 1 },
  ],
};

function subjectOf(slip: Slip = 'none'): SyncFlightSubject {
  const subject = syncFlightSubject(atomicInFlight(createEfficientSystem(), slip).system);
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('is read as it was written, one step a line, and taken for nothing else', async () => {
  const path = written('sound.json', formatTrace(trace));
  expect(formatTrace(trace)).toContain('\n    { "op": "advance", "request": 1 },\n');
  expect(isFlightTrace(path)).toBe(true);
  expect(readFlightTrace(path)).toEqual(trace);
  expect(() => readTrace(path)).toThrow(
    `${path}: requests overlap in it (version 3), which npm run replay and npm run view read. Name another trace.`,
  );
  const { agreed, text } = await replayFlight('x.json', trace, subjectOf(), 2);
  expect(agreed).toBe(true);
  expect(text).toBe(
    'x.json: an order explains all that atomic answered in 6 steps (comparison: qemu)\nit differed in 0 of 2 plays',
  );
});

describe('a broken one is refused in one line', () => {
  const remedy = 'Edit the file or record the trace again.';
  test.each<readonly [string, string, string, string]>([
    [
      'advanced before',
      '"advance", "request": 1',
      '"advance", "request": 2',
      'operations[3] is {"op":"advance","request":2}: request 2 was never submitted: submit it before',
    ],
    [
      'awaited before',
      '"await", "request": 1',
      '"await", "request": 7',
      'operations[5] is {"op":"await","request":7}: request 7 was never submitted: submit it before',
    ],
    [
      'a request without a number',
      '"advance", "request": 1',
      '"advance"',
      'operations[3].request is missing: must be a whole number from 0 to 1048575',
    ],
    [
      'an unknown operation',
      '"op": "open"',
      '"op": "opne"',
      'operations[0].op is "opne": must be one of open,',
    ],
    [
      'an unknown operation within',
      '"op": "guestWrite"',
      '"op": "guestWriet"',
      'operations[2].operation.op is "guestWriet": must be one of open,',
    ],
    [
      'a missing argument within',
      '"count": 1, "tag": 2',
      '"tag": 2',
      'operations[2].operation.count is missing: must be a whole number',
    ],
    [
      'a fault of a node that is not there',
      '"sector": 0, "count": 1, "tag": 3',
      '"sector": 0, "count": 1, "tag": 3, "node": 2',
      'operations[4] is {"op":"primaryWrite","sector":0,"count":1,"tag":3,"node":2}: there is no node 2',
    ],
  ])('%s', (_, from, to, line) => {
    const text = formatTrace(trace);
    expect(text).toContain(from);
    const path = written('broken.json', text.replace(from, to));
    const read = (): unknown => readFlightTrace(path);
    expect(read).toThrow(TraceError);
    expect(read).toThrow(`${path}: ${line}`);
    expect(read).toThrow(new RegExp(`^[^\\n]*${remedy.replaceAll('.', '\\.')}$`));
  });

  test('on a system that cannot have that overlap', async () => {
    const one = syncFlightSubject(atomicInFlight(createEfficientSystem(), 'none', { requestsMax: 1 }).system);
    if (one === null) throw new Error('nothing can be in flight');
    await expect(replayFlight('x.json', trace, one)).rejects.toThrow(
      'x.json cannot be run on atomic: operations[4]: 2 requests overlap: this system has at most 1 in flight',
    );
  });
});

test('what is found is saved under its signature, fails again when it is replayed, and is run first the next time', async () => {
  const subject = subjectOf('takes effect late');
  const found: RecordedFlight[] = [];
  const options = { seed: 24, casesMax: 160, secondsMax: Infinity, operationsMax: 40, findingsMax: 1 };
  await runFlightCampaign(
    subject,
    { ...options, geometry: 'mixed' },
    {
      progress: () => {},
      interrupted: () => false,
      finding: (finding) => found.push(recordFlight(subject, finding, { seed: 24 }, folder)),
    },
  );
  const [one] = found;
  if (one === undefined) throw new Error('nothing was found');
  expect(one.trace).toBe(join(folder, 'in-flight', `${one.signature}.json`));
  expect(one.text).toContain(`replay: npm run replay -- ${one.trace} --system atomic`);
  const page = one.trace.replace('.json', '.html');
  expect(one.text).toContain(`page:   ${page}`);
  expect(readFileSync(page, 'utf8')).toContain('no order is left');
  const kept = readFlightTrace(one.trace);
  const { agreed, sentence, signature } = await replayFlight(one.trace, kept, subject);
  expect([agreed, sentence, signature]).toEqual([false, kept.found?.divergence, one.signature]);
  expect(await savedFlights(folder, subject)).toEqual({ run: 1, failing: [one.trace] });
  expect(await savedFlights(folder, subjectOf())).toEqual({ run: 1, failing: [] });
  const larger = { ...kept, operations: [...kept.operations, { op: 'getError' as const }] };
  expect(saveFlight(folder, larger).isWritten).toBe(false);
  const elsewhere = { ...kept, found: { system: 'other', divergence: '', step: 0 } };
  expect(saveFlight(folder, elsewhere).path).toBe(
    join(folder, 'in-flight', `${one.signature}-on-other.json`),
  );
});
