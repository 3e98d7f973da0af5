/** A campaign with overlap: the implementation is explained, what is wrong is found, and what is not decided is reported. */
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { EnvironmentError } from '../../../impl/environment-error.ts';
import { Interrupted } from '../../../impl/held/interrupted.ts';
import type { System } from '../../../impl/system.ts';
import type { FlightResult } from '../../results/result-schema.ts';
import { asyncFlightSubject, syncFlightSubject } from '../running/flight-subject.ts';
import type { FlightSubject, SyncFlightSubject } from '../running/flight-subject.ts';
import { atomicInFlight, waitedFor } from '../testing/atomic-in-flight.ts';
import { ORDERS_A_PROGRAM } from './flight-batch.ts';
import { runFlightCampaign } from './flight-campaign.ts';
import type { FlightOptions } from './flight-options.ts';
import { printFlightFailure } from './flight-report.ts';
import type { FlightStatistics } from './flight-statistics.ts';
import { flightResult, plainFlightResult } from './flight-result.ts';
import { flightSummary } from './flight-summary.ts';

const options: FlightOptions = {
  seed: 24,
  casesMax: 160,
  secondsMax: Infinity,
  operationsMax: 40,
  geometry: 'mixed',
  findingsMax: 1,
};
const colors = pc.createColors(false);

function subjectOf(system: System): SyncFlightSubject {
  const subject = syncFlightSubject(system);
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function campaign(subject: FlightSubject, asked: Partial<FlightOptions> = {}): Promise<FlightStatistics> {
  const observer = { progress: () => {}, interrupted: () => false, finding: () => {} };
  return runFlightCampaign(subject, { ...options, ...asked }, observer);
}

function result(subject: FlightSubject, statistics: FlightStatistics): FlightResult {
  const asked = { ...options, geometryName: 'mixed', repeat: '' };
  return flightResult(subject, asked, statistics, new Map(), { run: 0, failing: [] });
}

function summary(subject: FlightSubject, statistics: FlightStatistics): string {
  return flightSummary(result(subject, statistics), new Map(), colors);
}

test('an order explains everything that the implementation answers, and each run is the same (seed 24)', async () => {
  const [one, other] = [
    await campaign(subjectOf(createEfficientSystem())),
    await campaign(subjectOf(createEfficientSystem())),
  ];
  const { findings, ended, orders } = one;
  const { cases, undecided, overlaps } = one.counts;
  expect({ findings, cases, undecided, ended }).toEqual({
    findings: [],
    cases: 160,
    undecided: 0,
    ended: 'cases',
  });
  expect(overlaps).toBeGreaterThan(500);
  expect(orders.size).toBeGreaterThan(100);
  expect([other.counts, other.orders]).toEqual([one.counts, orders]);
  expect(summary(subjectOf(createEfficientSystem()), one)).toContain(
    'an order explains everything that impl answered in all (comparison: qemu)',
  );
});

test('what is wrong is found and shrunk, asked at once or waited for (seed 24)', async () => {
  const subject = subjectOf(atomicInFlight(createEfficientSystem(), 'takes effect late').system);
  const waited = asyncFlightSubject(
    waitedFor(atomicInFlight(createEfficientSystem(), 'takes effect late')).system,
  );
  if (waited === null) throw new Error('nothing can be in flight');
  const { findings, ended } = await campaign(subject);
  const [found] = findings;
  expect(ended).toBe('findings');
  expect(found?.plays).toEqual({ failed: 1, of: 1 });
  expect(found?.minimal.steps.length).toBeLessThan(6);
  const again = await campaign(waited);
  expect(again.findings[0]?.plays).toEqual({ failed: 3, of: 3 });
  if (found === undefined) return;
  const text = printFlightFailure(subject, found.minimal, found.divergence, ['trace:  x.json'], colors);
  expect(text).toMatch(/^(Step \d|Behind the last step).* on atomic: .* explains/);
  expect(text).toMatch(/^ +1 {2}open +ok$/m);
  expect(text.endsWith('\n\ntrace:  x.json')).toBe(true);
});

describe('what is not known is no agreement', () => {
  test('where a bound is met', async () => {
    const subject = subjectOf(createEfficientSystem());
    let played = 0;
    const undecided: SyncFlightSubject = {
      ...subject,
      judge: (testCase) => {
        const run = subject.judge(testCase);
        return ++played % 2 === 0
          ? run
          : { ...run, verdict: { kind: 'undecided', index: 0, why: 'too many' } };
      },
    };
    const statistics = await campaign(undecided, { casesMax: 16 });
    const text = summary(undecided, statistics);
    expect(text).toContain('undecided: 8 of 16 cases (too many)');
    expect(text).toContain('in all of the cases that were decided');
    expect(plainFlightResult(result(undecided, statistics))).toMatchObject({
      undecided: 8,
      whyUndecided: 'too many',
    });
  });

  test('where the user asks to end while an answer is awaited, however quietly the system is taken down', async () => {
    const { system } = waitedFor(atomicInFlight(createEfficientSystem()));
    const asked = asyncFlightSubject({ ...system, apply: () => Promise.reject(new Interrupted()) });
    if (asked === null) throw new Error('nothing can be in flight');
    const { ended, findings, counts } = await campaign(asked);
    expect({ ended, findings, cases: counts.cases }).toEqual({
      ended: 'interrupted',
      findings: [],
      cases: 0,
    });
  });

  test('where nothing was run, or the system is gone', async () => {
    const subject = subjectOf(createEfficientSystem());
    const none = await campaign(subject, { casesMax: 0 });
    expect(summary(subject, none)).toContain('nothing was judged, and nothing is known');
    let played = 0;
    const gone: SyncFlightSubject = {
      ...subject,
      judge: (testCase) => {
        if (played++ === ORDERS_A_PROGRAM) throw new EnvironmentError('gone');
        return subject.judge(testCase);
      },
    };
    const statistics = await campaign(gone);
    expect([statistics.ended, statistics.trouble?.message]).toEqual(['trouble', 'gone']);
    expect(statistics.counts.cases).toBe(8);
    expect(summary(subject, statistics)).toContain('it could not go on');
  });
});
