/** The lanes of a case with overlap in characters, for a terminal. */
import type { FlightLanes, Lane, LaneColumn } from './flight-lanes.ts';

const COLUMNS_SHOWN = 100;
const LANES_SHOWN = 30;
const NAME_WIDTH = 48;

const signs = { submit: '[', advance: 'o', await: 'a', answer: ']', effect: '*', show: 's', end: '!' };

/** The last ones where there are too many. */
export function lanesText({ lanes, columns, order }: FlightLanes): readonly string[] {
  const first = Math.max(0, columns.length - COLUMNS_SHOWN);
  const shown = lanes.flatMap((lane, index) =>
    lane.to === null || lane.to >= first ? [{ lane, index }] : [],
  );
  const drawn = shown.slice(-LANES_SHOWN);
  const width = Math.min(NAME_WIDTH, Math.max(4, ...drawn.map(({ lane }) => lane.name.length)));
  const left = lanes.length - drawn.length;
  return [
    ...drawn.map(({ lane, index }) => {
      const cells = columns.slice(first).map((column, at) => cellOf(lanes, index, column, first + at));
      return `${shortened(lane.name, width).padEnd(width)}  ${cells.join('')}  ${lane.answer ?? 'not answered'}`;
    }),
    `${'step'.padEnd(width)}  ${stepRow(columns.slice(first))}`.trimEnd(),
    ...(left === 0 ? [] : [`(${left} requests before these are left out)`]),
    '[ submitted, o goes on, a awaited, * takes effect, | a call does, ] answered, s shown, ! no order is left',
    order,
  ];
}

function cellOf(
  lanes: readonly Lane[],
  index: number,
  { kind, lane: of }: LaneColumn,
  column: number,
): string {
  if (of === index || of === null) return signs[kind];
  if (kind === 'effect' && lanes[of]?.isCall === true) return '|';
  const lane = lanes[index];
  if (lane === undefined) return ' ';
  const isInFlight = column > lane.from && (lane.to === null || column < lane.to);
  return isInFlight ? '-' : ' ';
}

/** The last digit of each step, where it begins. */
function stepRow(columns: readonly LaneColumn[]): string {
  let latest: number | null = null;
  return columns
    .map(({ step }) => {
      if (step === null || step === latest) return ' ';
      latest = step;
      return String((step + 1) % 10);
    })
    .join('');
}

function shortened(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 3)}...`;
}
