/** The checks that stand in a result: one for the job or for each part of it, and one for each failure. */
import { mutants as catalogue } from '../../impl/mutants/catalogue.ts';
import { shortcomings } from '../mutants/matrix-table.ts';
import { mutantsShortcomings } from '../results/mutants-result.ts';
import type {
  ExploreResult,
  MutantsResult,
  Result,
  TourResult,
  VerifyResult,
} from '../results/result-schema.ts';
import { describeTour, isWholeTour } from '../results/tour-result.ts';
import type { Check, CheckFailure, CheckSuite } from './check.ts';

export function checksOf(result: Result): CheckSuite {
  return { name: `${result.command} ${result.system.name}`, checks: checksIn(result) };
}

function checksIn(result: Result): readonly Check[] {
  switch (result.command) {
    case 'verify':
      return verifyChecks(result);
    case 'explore':
      return exploreChecks(result);
    case 'tour':
      return tourChecks(result);
    case 'mutants':
      return mutantChecks(result);
  }
}

function verifyChecks(result: VerifyResult): Check[] {
  const { options, cases, operations, trouble, failures, savedFailures, timing } = result;
  const name = `${cases} cases, ${operations} operations, geometry ${options.geometry}, seed ${options.seed}`;
  const failure = trouble === null ? null : { message: trouble, details: result.repeat, trace: null };
  return [
    { name, seconds: timing.seconds, failure },
    ...failures.map((found) => failed(found, result)),
    ...savedFailures.failing.map(({ signature, operations: length, path }) => ({
      name: `saved: ${signature}`,
      seconds: 0,
      failure: { message: `still fails: ${signature}`, details: `${length} operations`, trace: path },
    })),
  ];
}

function exploreChecks(result: ExploreResult): Check[] {
  return result.searched.flatMap(({ world, ended, states, transitions, seconds, goals }) => {
    // A search that has found a difference was not to look any further.
    const missed = Object.entries(ended === 'divergence' ? {} : goals).flatMap(([goal, length]) =>
      length === null ? [goal] : [],
    );
    const name = `world ${world}: ${states} states, ${transitions} transitions (${ended})`;
    const problems = [
      ...(ended === 'interrupted' ? ['the search was interrupted'] : []),
      ...missed.map((goal) => `the goal ${goal} was not reached`),
    ];
    return [
      { name, seconds, failure: problemsOf(problems, result.repeat) },
      ...result.failures.filter((found) => found.world === world).map((found) => failed(found, result)),
    ];
  });
}

function tourChecks(result: TourResult): Check[] {
  const isShort = result.failures.length === 0 && !isWholeTour(result);
  return [
    {
      name: describeTour(result),
      seconds: result.seconds,
      failure: problemsOf(isShort ? ['the tour was stopped before its end'] : [], result.repeat),
    },
    ...result.failures.map((found) => failed(found, result)),
  ];
}

function mutantChecks(result: MutantsResult): Check[] {
  const each = result.rows.map((row) => ({
    name: row.mutant,
    seconds: row.random.reduce((sum, { seconds }) => sum + seconds, 0),
    failure: problemsOf(shortcomings([row], false), result.repeat),
  }));
  const told = new Set(result.rows.flatMap((row) => shortcomings([row], false)));
  const ofAll = mutantsShortcomings(result, catalogue.length).filter((text) => !told.has(text));
  return [...each, { name: 'the whole hunt', seconds: 0, failure: problemsOf(ofAll, result.repeat) }];
}

function problemsOf([first, ...rest]: readonly string[], repeat: string): CheckFailure | null {
  if (first === undefined) return null;
  const message = rest.length === 0 ? first : `${first}; ${rest.length} more`;
  return { message, details: [first, ...rest, repeat].join('\n'), trace: null };
}

function failed(
  {
    signature,
    sentence,
    operations,
    trace,
  }: VerifyResult['failures'][number] | TourResult['failures'][number],
  { repeat }: Result,
): Check {
  const details = [sentence, `${operations} operations: ${trace}`, repeat].join('\n');
  return { name: signature, seconds: 0, failure: { message: sentence, details, trace } };
}
