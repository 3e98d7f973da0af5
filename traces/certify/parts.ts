/** The parts of a certification, one after the other, each written into the certificate as it ends. */
import { runCampaign } from '../../properties/campaign/campaign.ts';
import type { Case } from '../../properties/cases/case.ts';
import { Coverage } from '../../properties/coverage/coverage.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { ProgressLine, progressText } from '../../properties/campaign/progress.ts';
import type { ProgressOutput } from '../../properties/campaign/progress.ts';
import { wayOf } from '../../properties/cases/comparison-mode.ts';
import { cellsReachableOn } from '../../properties/coverage/known-cells.ts';
import type { Connected } from '../../properties/subjects/subjects.ts';
import type { Certificate } from './certificate-schema.ts';
import type { CertifyOptions, Draft } from './certificate-draft.ts';
import { cellsOf, documentedOf, lawsOf } from './reached.ts';
import { recordedTraces, runRecorded } from './recorded-part.ts';
import { runTour, tourProblem, worldNamed } from './tour-part.ts';

type Part = Certificate['failures'][number]['part'];

export interface PartsConsole {
  readonly progress: ProgressOutput;
  interrupted(): boolean;
  /** Saves a failure. */
  report(part: Part, from: string, testCase: Case, divergence: Divergence): void;
}

/** What keeps a part from being run is a reason, and does not keep the others from it. */
export async function runParts(
  draft: Draft,
  connected: Connected,
  options: CertifyOptions,
  console: PartsConsole,
): Promise<void> {
  const coverage = new Coverage();
  await runRecordedPart(draft, connected, coverage, console);
  for (const world of options.worlds) await runTourPart(draft, connected, world, console);
  await runCampaignPart(draft, connected, coverage, options, console);
  if (console.interrupted()) draft.reasons = [...draft.reasons, 'it was interrupted'];
}

async function runRecordedPart(
  draft: Draft,
  { subject }: Connected,
  coverage: Coverage,
  console: PartsConsole,
): Promise<void> {
  const line = new ProgressLine(console.progress);
  const seconds = stopwatch();
  const traces = recordedTraces();
  const { summary, failures } = await runRecorded(traces, subject, coverage, {
    interrupted: () => console.interrupted(),
    told: (run, runnable) => line.show(seconds(), () => `recorded traces: ${run}/${runnable}`),
  });
  line.clear();
  for (const { trace, divergence } of failures)
    console.report('recorded traces', trace.path, trace.testCase, divergence);
  draft.recorded = summary;
  if (summary.notApplicable.length < summary.total) return;
  const [first] = summary.notApplicable;
  const reason = first === undefined ? 'there are none' : `for instance ${first.trace}: ${first.reason}`;
  draft.reasons = [...draft.reasons, `none of the recorded traces can be given to it: ${reason}`];
}

async function runTourPart(
  draft: Draft,
  { system, subject: { comparison } }: Connected,
  name: string,
  console: PartsConsole,
): Promise<void> {
  if (console.interrupted()) return;
  const tourWorld = worldNamed(name);
  const problem =
    comparison === 'document'
      ? 'a tour goes the ways of one QEMU, not of its document'
      : tourProblem(tourWorld, system);
  if (problem !== null) {
    draft.reasons = [...draft.reasons, `the tour of ${name} could not be run: ${problem}`];
    return;
  }
  const line = new ProgressLine(console.progress);
  const { summary, findings } = await runTour(tourWorld, system, comparison, {
    interrupted: () => console.interrupted(),
    told: ({ covered, transitions, operations }, seconds) =>
      line.show(
        seconds,
        () => `tour of ${name}: ${covered}/${transitions} transitions, ${operations} operations`,
      ),
  });
  line.clear();
  for (const { testCase, divergence } of findings) console.report('tour', name, testCase, divergence);
  draft.tours = [...draft.tours, summary];
}

async function runCampaignPart(
  draft: Draft,
  { subject }: Connected,
  coverage: Coverage,
  options: CertifyOptions,
  console: PartsConsole,
): Promise<void> {
  if (console.interrupted()) return;
  const reachable = cellsReachableOn(subject, wayOf(subject.comparison));
  const line = new ProgressLine(console.progress);
  const goal = { ...options, cellsReachable: reachable.length };
  const asked = {
    seed: options.seed,
    casesMax: options.casesMax,
    secondsMax: options.secondsMax,
    operationsMax: 100,
    geometry: 'mixed',
    depth: 'full',
    findingsMax: 5,
    crew: options.crew?.() ?? null,
  } as const;
  const statistics = await runCampaign(subject, asked, {
    interrupted: () => console.interrupted(),
    progress: (now) => line.show(now.seconds, () => `campaign: ${progressText(now, goal)}`),
    finding: ({ caseIndex, minimal, divergence }) => {
      line.clear();
      console.report('campaign', `case ${caseIndex} of seed ${asked.seed}`, minimal, divergence);
    },
  });
  line.clear();
  const { seed, operationsMax, geometry, depth } = asked;
  const { cases, ended } = statistics;
  const { operations } = statistics.coverage;
  const seconds = Number(statistics.seconds.toFixed(3));
  draft.campaign = { seed, cases, operations, operationsMax, geometry, depth, seconds, ended };
  draft.repeat = options.repeat(subject.comparison, cases);
  draft.cells = cellsOf(reachable, [coverage, statistics.coverage]);
  draft.laws = lawsOf(draft.cells);
  draft.documented = documentedOf([coverage, statistics.coverage]);
  if (statistics.trouble !== null) throw statistics.trouble;
}
