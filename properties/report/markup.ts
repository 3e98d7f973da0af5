/** Escapes text for a page. */

/** As it is to be read, whatever is in it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Groups of three digits: 1,515,661. */
export function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** For where there is little room: 950, 15k, 1.5M. */
export function short(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_500) return `${trimmed(count / 1000)}k`;
  return count < 999_500_000 ? `${trimmed(count / 1e6)}M` : `${trimmed(count / 1e9)}G`;
}

function trimmed(number: number): string {
  return number < 10 ? number.toFixed(1).replace('.0', '') : String(Math.round(number));
}

export function secondsText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value.toFixed(value < 10 && value > 0 ? 1 : 0)} %`;
}
