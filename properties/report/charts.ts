/** Drawings of a campaign as SVG: operations over time, and how long the cases were. */
import type { VerifyResult } from '../results/result-schema.ts';
import { ticks } from './axis.ts';
import { grouped, short } from './markup.ts';

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

interface Frame {
  readonly label: string;
  readonly across: string;
  readonly xTicks: readonly { readonly at: number; readonly text: string }[];
  readonly yTicks: readonly number[];
}

/** `y` as a height in the drawing, where `top` is the highest. */
function heightOf(y: number, top: number): number {
  return TOP + PLOT_HEIGHT * (1 - y / top);
}

function frame({ label, across, xTicks, yTicks }: Frame, drawing: string): string {
  const top = yTicks.at(-1) ?? 1;
  const rules = yTicks.map((y) => {
    const height = heightOf(y, top).toFixed(1);
    return `<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${height}" y2="${height}"/><text class="tick" x="${LEFT - 6}" y="${height}" dy="4" text-anchor="end">${short(y)}</text>`;
  });
  const marks = xTicks.map(
    ({ at, text }) =>
      `<text class="tick" x="${at.toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${text}</text>`,
  );
  const title = `<text class="tick" x="${LEFT + PLOT_WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">${across}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${rules.join('')}${marks.join('')}${title}${drawing}</svg>`;
}

export function progressChart({ timing }: VerifyResult): string {
  const { curve } = timing;
  const last = curve.at(-1) ?? { seconds: 0, operations: 0 };
  const most = Math.max(...curve.map(({ operations }) => operations), 1);
  const yTicks = ticks(most, 4);
  const until = Math.max(last.seconds, 0.001);
  const xOf = (seconds: number): number => LEFT + (PLOT_WIDTH * seconds) / until;
  const points = curve.map(
    ({ seconds, operations }) =>
      `${xOf(seconds).toFixed(1)},${heightOf(operations, yTicks.at(-1) ?? 1).toFixed(1)}`,
  );
  const floor = TOP + PLOT_HEIGHT;
  const area = `<polygon class="area" points="${LEFT},${floor} ${points.join(' ')} ${xOf(last.seconds).toFixed(1)},${floor}"/>`;
  const unit = until >= 600 ? { seconds: 60, name: 'minutes' } : { seconds: 1, name: 'seconds' };
  const xTicks = ticks(until / unit.seconds, 6)
    .filter((tick) => tick * unit.seconds <= until)
    .map((tick) => ({ at: xOf(tick * unit.seconds), text: String(tick) }));
  return frame(
    {
      label: `Operations over time: ${grouped(last.operations)} after ${last.seconds} seconds`,
      across: unit.name,
      xTicks,
      yTicks,
    },
    `${area}<polyline class="curve" points="${points.join(' ')}"/>`,
  );
}

const BARS_MAX = 50;

export function lengthsChart({ lengths }: VerifyResult): string {
  const longest = Math.max(lengths.length - 1, 1);
  const width = Math.ceil(longest / BARS_MAX);
  const bars = Array.from({ length: Math.ceil(longest / width) }, (_, bar) => {
    const from = bar * width + 1;
    const to = Math.min(from + width - 1, longest);
    const count = lengths.slice(from, to + 1).reduce((sum, cases) => sum + cases, 0);
    return { from, to, count };
  });
  const yTicks = ticks(Math.max(...bars.map(({ count }) => count), 1), 4);
  const barWidth = PLOT_WIDTH / bars.length;
  const drawn = bars.map(({ from, to, count }, bar) => {
    const top = heightOf(count, yTicks.at(-1) ?? 1);
    const range = from === to ? `${from}` : `${from} to ${to}`;
    const x = (LEFT + bar * barWidth + barWidth * 0.08).toFixed(1);
    return `<rect class="bar" x="${x}" y="${top.toFixed(1)}" width="${(barWidth * 0.84).toFixed(1)}" height="${(TOP + PLOT_HEIGHT - top).toFixed(1)}"><title>${range} operations: ${grouped(count)} cases</title></rect>`;
  });
  const every = Math.ceil(bars.length / 10);
  const xTicks = bars
    .map(({ to }, bar) => ({ at: LEFT + (bar + 0.5) * barWidth, text: String(to) }))
    .filter((_, bar) => bar % every === every - 1 || bars.length <= 10);
  return frame({ label: 'Cases by length', across: 'operations in a case', xTicks, yTicks }, drawn.join(''));
}
