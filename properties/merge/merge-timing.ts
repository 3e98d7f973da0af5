/** The time of several machines: theirs together, and the curve as if all had begun at once. */
import type { Timing } from '../results/result-schema.ts';

type Point = Timing['curve'][number];

const POINTS = 200;

export function mergedTiming(parts: readonly Timing[]): Timing {
  const total = (part: (timing: Timing) => number): number =>
    Number(parts.reduce((sum, timing) => sum + part(timing), 0).toFixed(3));
  const known = (part: (timing: Timing) => number | null): number | null =>
    parts.some((timing) => part(timing) === null) ? null : total((timing) => part(timing) ?? 0);
  return {
    seconds: total(({ seconds }) => seconds),
    longest: Math.max(...parts.map(({ longest }) => longest)),
    split: {
      drawing: total(({ split }) => split.drawing),
      model: known(({ split }) => split.model),
      system: known(({ split }) => split.system),
      judging: total(({ split }) => split.judging),
      shrinking: total(({ split }) => split.shrinking),
      rest: total(({ split }) => split.rest),
    },
    firstFailure: earliest(parts),
    curve: mergedCurve(parts.map(({ curve }) => curve)),
  };
}

/** Of those that found one the one that did so soonest. */
function earliest(parts: readonly Timing[]): NonNullable<Timing['firstFailure']> | null {
  const known = parts.flatMap(({ firstFailure }) => firstFailure ?? []);
  return known.toSorted((left, right) => left.seconds - right.seconds)[0] ?? null;
}

function mergedCurve(curves: readonly (readonly Point[])[]): Point[] {
  const times = [...new Set(curves.flatMap((curve) => curve.map(({ seconds }) => seconds)))].toSorted(
    (left, right) => left - right,
  );
  const every = Math.ceil(times.length / POINTS);
  return times
    .filter((_, place) => place % every === 0 || place === times.length - 1)
    .map((seconds) => ({
      seconds,
      operations: curves.reduce((sum, curve) => sum + operationsAt(curve, seconds), 0),
    }));
}

/** Between two points as many as the time says; after the last one no more. */
function operationsAt(curve: readonly Point[], seconds: number): number {
  const next = curve.findIndex((point) => point.seconds >= seconds);
  const after = curve[next];
  if (after === undefined) return curve.at(-1)?.operations ?? 0;
  const before = curve[next - 1] ?? { seconds: 0, operations: 0 };
  const share =
    after.seconds === before.seconds ? 1 : (seconds - before.seconds) / (after.seconds - before.seconds);
  return Math.round(before.operations + share * (after.operations - before.operations));
}
