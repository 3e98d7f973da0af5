/** Round numbers along an axis. */

/** From 0 to at least `most`, about `steps` of them, each 1, 2 or 5 times a power of ten. */
export function ticks(most: number, steps: number): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}
