/** The checks that stand in a result: one for the job or for each part of it, and one for each failure. */
import { mutants as catalogue } from '../../impl/mutants/catalogue.ts';
import { byCause } from '../comparison/cause.ts';
import { invariants } from '../invariants/invariants.ts';
import { foundText } from '../screen/findings-text.ts';
import { describeExploration } from '../exploration/exploration-text.ts';
import type { MutantRow } from '../kill-matrix/kill.ts';
import { shortcomings } from '../kill-matrix/matrix-table.ts';
import { mutantsShortcomings } from '../kill-matrix/mutants-result.ts';
import type {
  ExploreResult,
  FlightResult,
  MutantsResult,
  Result,
  TourResult,
  VerifyResult,
} from '../results/result-schema.ts';
import { describeTour } from '../tour/tour-result.ts';
import { gapsOf } from '../campaign/verify-summary.ts';
import { isOfShard } from '../jobs/shard.ts';
import { passed } from './check.ts';
import type { Check, CheckSuite, CheckVerdict } from './check.ts';

export interface Telling {
  readonly requiresCoverage: boolean;
  /** One-screen reports by the path of their trace, as far as they are at hand. */
  readonly reports: ReadonlyMap<string, string>;
}

export function checksOf(result: Result, telling: Telling): CheckSuite {
  const { command, system, repeat, comparison, versions, shards } = result;
  return {
    name: `${command} ${system.name}`,
    properties: {
      command: repeat,
      comparison,
      ...versions,
      ...(shards.count === 1 ? {} : { shards: `${shards.done.join(', ')} of ${shards.count}` }),
    },
    checks: [...checksIn(result, telling), ...missingShards(result)],
  };
}

function checksIn(result: Result, telling: Telling): readonly Check[] {
  switch (result.command) {
    case 'verify':
      return verifyChecks(result, telling);
    case 'verify --in-flight':
      return flightChecks(result, telling);
    case 'explore':
      return exploreChecks(result, telling);
    case 'tour':
      return tourChecks(result, telling);
    case 'mutants':
      return mutantChecks(result);
  }
}

/** The campaign and each law are tests that are there in every run; each cause that breaks no law is one more. */
function verifyChecks(result: VerifyResult, telling: Telling): Check[] {
  const { options, cases, operations, ended, findings, savedFailures, timing } = result;
  const gaps = gapsOf(result);
  const lawless = byCause(findings).filter(({ shown, others }) =>
    [shown, ...others].every(({ law }) => law === null),
  );
  return [
    {
      name: `campaign, geometry ${options.geometry}`,
      about: `${cases} cases, ${operations} operations, seed ${options.seed}, ended by ${ended}`,
      seconds: timing.seconds,
      verdict: campaignVerdict(result),
    },
    ...invariants.map(({ name }) => {
      const [found] = findings.filter(({ law }) => law === name);
      return check(`law ${name}`, found === undefined ? passed : failedBy(found, result, telling));
    }),
    ...(telling.requiresCoverage
      ? [check('coverage', failedFor(gaps, `${gaps.length} cells or branches were not reached`, result))]
      : []),
    ...lawless.map(({ shown }) => check(shown.signature, failedBy(shown, result, telling))),
    ...savedFailures.failing.map(({ signature, operations: length, path }) => {
      const message = `still fails: ${signature}`;
      const details = `${length} operations\ntrace: ${path}`;
      return check(`saved failure ${path}`, { kind: 'failed', message, details, trace: path });
    }),
  ];
}

/** The findings stand in tests of their own, with their reports. */
function campaignVerdict(result: VerifyResult | FlightResult): CheckVerdict {
  const { trouble, findings, ended, cases } = result;
  const cutOff = ended === 'interrupted' ? 'the campaign was interrupted' : null;
  const stopped =
    trouble ?? (findings.length > 0 ? null : (cutOff ?? (cases === 0 ? 'no case was played' : null)));
  if (stopped !== null) return broken(stopped, result);
  return failedFor(
    findings.map(({ sentence, trace }) => `${sentence}: ${trace}`),
    foundText(findings),
    result,
  );
}

/** Each finding has a signature of its own. */
function flightChecks(result: FlightResult, telling: Telling): Check[] {
  const { options, cases, operations, ended, undecided, whyUndecided, findings, savedFailures } = result;
  const open = `${undecided} of ${cases} cases are undecided: ${whyUndecided ?? 'a bound was met'}`;
  return [
    {
      name: `campaign in which requests overlap, geometry ${options.geometry}`,
      about: `${cases} cases, ${operations} operations, seed ${options.seed}, ended by ${ended}`,
      seconds: result.seconds,
      verdict: campaignVerdict(result),
    },
    check('every case is decided', undecided === 0 ? passed : broken(open, result)),
    ...findings.map((found) => check(found.signature, failedBy(found, result, telling))),
    ...savedFailures.failing.map((trace) =>
      check(`saved failure ${trace}`, {
        kind: 'failed',
        message: 'it still fails',
        details: `trace: ${trace}`,
        trace,
      }),
    ),
  ];
}

function exploreChecks(result: ExploreResult, telling: Telling): Check[] {
  const searched = result.searched.map(({ world, seconds, ...search }): Check => {
    const found = result.findings.find((failure) => failure.world === world);
    const goals = Object.entries(search.goals).flatMap(([goal, length]) => (length === null ? [goal] : []));
    const missed = `goals were not reached: ${goals.join(', ')}`;
    const stopped = search.ended === 'complete' ? null : broken(whyStopped(search.ended), result);
    return {
      name: `world ${world}`,
      about: describeExploration(world, { ...search, seconds }),
      seconds,
      verdict:
        found === undefined
          ? (stopped ?? failedFor(goals, missed, result))
          : failedBy(found, result, telling),
    };
  });
  const names = new Set(result.searched.map(({ world }) => world));
  const { count, done } = result.shards;
  const left = result.options.worlds.filter(
    (world, place) => !names.has(world) && done.some((index) => isOfShard({ index, count }, place)),
  );
  return [
    ...searched,
    ...left.map((world) => check(`world ${world}`, broken('it was not searched', result))),
  ];
}

function whyStopped(ended: ExploreResult['searched'][number]['ended']): string {
  return ended === 'interrupted' ? 'the search was interrupted' : `the search stopped at its bound: ${ended}`;
}

function tourChecks(result: TourResult, telling: Telling): Check[] {
  const { covered, transitions, unentered, ended, options, seconds, findings } = result;
  const enterable = transitions - unentered;
  const short = ended === 'complete' ? [] : [`${covered} of ${enterable} transitions were walked (${ended})`];
  return [
    {
      name: `world ${options.world}: every transition is walked`,
      about: describeTour(result),
      seconds,
      verdict: failedFor(short, short[0] ?? '', result),
    },
    ...findings.map((found) =>
      check(`world ${found.world}: ${found.signature}`, failedBy(found, result, telling)),
    ),
  ];
}

function mutantChecks(result: MutantsResult): Check[] {
  const shown = new Map(result.rows.map((row) => [row, shortcomings([row], false)]));
  const ofRows = new Set([...shown.values()].flat());
  const ofAll = mutantsShortcomings(result, catalogue.length).filter((text) => !ofRows.has(text));
  return [
    ...[...shown].map(([row, texts]) => ({
      name: `mutant ${row.mutant}`,
      about: '',
      seconds: secondsOf(row),
      verdict: failedFor(texts, texts[0] ?? '', result),
    })),
    check('all mutants are analysed and all laws at work', failedFor(ofAll, ofAll[0] ?? '', result)),
  ];
}

function secondsOf({ random, laws, exhaustive, traces }: MutantRow): number {
  const kills = [...random, ...[laws, exhaustive, traces].filter((kill) => kill !== null)];
  const shrinking = random.reduce((sum, { shrinkSeconds }) => sum + shrinkSeconds, 0);
  return kills.reduce((sum, { seconds }) => sum + seconds, shrinking);
}

/** Of one shard alone this would be a line for every other machine. */
function missingShards({ shards: { count, done } }: Result): Check[] {
  if (done.length === 1) return [];
  const missing = Array.from({ length: count }, (_, place) => place + 1).filter(
    (index) => !done.includes(index),
  );
  return missing.map((index) =>
    check(`shard ${index} of ${count}`, { kind: 'skipped', reason: 'its result was not given' }),
  );
}

function check(name: string, verdict: CheckVerdict): Check {
  return { name, about: '', seconds: 0, verdict };
}

function broken(message: string, { repeat }: Result): CheckVerdict {
  return { kind: 'error', message, details: repeat, trace: null };
}

function failedFor(problems: readonly string[], message: string, { repeat }: Result): CheckVerdict {
  if (problems.length === 0) return passed;
  return { kind: 'failed', message, details: [...problems, repeat].join('\n'), trace: null };
}

function failedBy(
  found: Pick<TourResult['findings'][number], 'sentence' | 'operations' | 'trace'>,
  { repeat }: Result,
  { reports }: Telling,
): CheckVerdict {
  const { sentence, operations, trace } = found;
  const report = reports.get(trace) ?? `${sentence}\n${operations} operations, trace: ${trace}`;
  return { kind: 'failed', message: sentence, details: `${report}\nfound by: ${repeat}`, trace };
}
