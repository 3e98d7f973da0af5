/** Checks the answer to a whole case and takes it apart. */
import type { Shown } from '../shown.ts';
import type { Played, SentCase, Shows } from '../system.ts';
import { quoted } from '../printed-text.ts';
import { MalformedAnswer } from './adapter-error.ts';
import { decodeOutcome, decodeShown } from './answer-code.ts';
import type { ObservablePart } from './answer-code.ts';
import { encodeOperation } from './operation-code.ts';

/** Throws `MalformedAnswer`, which names the operation. */
export function decodePlayed(
  value: unknown,
  sent: SentCase,
  observes: readonly ObservablePart[],
  shows: Shows,
): Played {
  if (typeof value !== 'object' || value === null || !('outcomes' in value) || !('observations' in value)) {
    throw new MalformedAnswer(`${quoted(value)} has no outcomes and observations`);
  }
  const { length } = sent.operations;
  const outcomes = entries('outcomes', value.outcomes, length).map((outcome, index) =>
    at(sent, index, () => decodeOutcome(outcome)),
  );
  const first = shows === 'each' ? 0 : Math.max(0, length - 1);
  let last: Shown | null = null;
  const shown = entries('observations', value.observations, length - first).map((given, index) => {
    last =
      given === null && last !== null
        ? last
        : at(sent, first + index, () => decodeShown(given, observes, sent.setup));
    return last;
  });
  return { outcomes, shown };
}

function entries(name: string, value: unknown, wanted: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedAnswer(`${name} is ${quoted(value)}: must be an array`);
  if (value.length === wanted) return value;
  throw new MalformedAnswer(`${value.length} ${name} were answered: there must be ${wanted}`);
}

function at<Result>({ operations }: SentCase, index: number, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error;
    const operation = operations[index];
    const code = operation === undefined ? '' : ` ${JSON.stringify(encodeOperation(operation))}`;
    throw new MalformedAnswer(`operations[${index}]${code}: ${error.message}`, index);
  }
}
