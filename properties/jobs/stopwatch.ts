/** The one clock of the mutation run: it measures how long something took, and decides nothing. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}
