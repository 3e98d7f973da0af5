/** A failing case with overlap on one screen. */
import pc from 'picocolors';
import type { JudgedRules, History } from '../history.ts';
import { nearestExplanation } from '../nearest-explanation.ts';
import { wayOf } from '../../cases/comparison-mode.ts';
import type { ComparisonMode } from '../../cases/comparison-mode.ts';
import { describeOutcome } from '../../comparison/comparison.ts';
import { describeSetup } from '../../lockstep/failure-report.ts';
import { operationOf, OWN_NUMBERS_FROM } from '../cases/flight-case.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { describeStep } from '../cases/flight-step-text.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';

type Colors = Pick<typeof pc, 'red' | 'bold' | 'dim'>;

/** What the answers are judged by. */
export interface JudgedBy {
  readonly name: string;
  readonly comparison: ComparisonMode;
  readonly inFlight: JudgedRules;
}

const STEPS_SHOWN = 40;
const STEP_WIDTH = 56;

/** One sentence, with what would have to be otherwise where that is simple. */
export function flightSentence(
  { name, comparison, inFlight }: JudgedBy,
  { setup, steps }: FlightCase,
  { index, sentence, kind, events, misses }: FlightDivergence,
): string {
  const step = steps[index];
  const where = step === undefined ? 'Behind the last step' : `Step ${index + 1} (${describeStep(step)})`;
  const nearest =
    kind === 'unexplained' ? nearestExplanation(setup, events, misses, inFlight, wayOf(comparison)) : null;
  return `${where} on ${name}: ${sentence}${nearest === null ? '' : `: ${withoutOwnNumbers(nearest)}`}`;
}

/** What was submitted and awaited in one has no number that anybody knows. */
function withoutOwnNumbers(text: string): string {
  return text.replaceAll(/ \(request (\d+)\)/g, (whole, number) =>
    Number(number) >= OWN_NUMBERS_FROM ? '' : whole,
  );
}

/** `history` follows the steps: where it was found, and how it is replayed. */
export function printFlightFailure(
  by: JudgedBy,
  testCase: FlightCase,
  divergence: FlightDivergence,
  history: readonly string[],
  colors: Colors = pc,
): string {
  return [
    colors.bold(colors.red(flightSentence(by, testCase, divergence))),
    colors.dim(describeSetup(testCase.setup)),
    '',
    ...stepLines(testCase, divergence, colors),
    '',
    ...history,
  ].join('\n');
}

function stepLines({ steps }: FlightCase, { index, events }: FlightDivergence, colors: Colors): string[] {
  const answers = answersOf(events);
  let asked = 0;
  const lines = steps.map((step, place) => {
    const answer = operationOf(step) === null ? '' : (answers[asked++] ?? '');
    const mark = place === index ? '>' : ' ';
    const line =
      `${mark} ${String(place + 1).padStart(3)}  ${describeStep(step).padEnd(STEP_WIDTH)}  ${answer}`.trimEnd();
    return place === index ? colors.bold(line) : line;
  });
  if (lines.length <= STEPS_SHOWN) return lines;
  const kept = STEPS_SHOWN / 2;
  return [
    ...lines.slice(0, kept),
    `       (${lines.length - 2 * kept} steps left out)`,
    ...lines.slice(-kept),
  ];
}

/** In the order of the submissions. */
function answersOf(events: History): string[] {
  return events.flatMap((event, place) => {
    if (event.kind !== 'submit') return [];
    const answer = events.find(
      (each, later) => later > place && each.kind === 'answer' && each.id === event.id,
    );
    return [answer?.kind === 'answer' ? describeOutcome(answer.outcome) : 'not answered yet'];
  });
}
