/** The page of a case with overlap as one HTML text: lanes of requests over time, and what happened at each instant in words. */
import { pageStart } from '../view/page-start.ts';
import type { FlightLanes, Lane, LaneColumn } from '../../properties/in-flight/lanes/flight-lanes.ts';
import { escaped } from '../view/page-markup.ts';
import { pageScript } from '../view/page-script.ts';

export interface FlightView {
  readonly title: string;
  readonly system: string;
  /** Their number. */
  readonly steps: number;
  readonly verdict: 'right' | 'wrong' | 'undecided';
  readonly sentence: string | null;
  readonly note: string | null;
  /** Of the setup, and the commands that show the case again. */
  readonly details: readonly string[];
  readonly lanes: FlightLanes;
}

/** The last ones where there are more. */
const COLUMNS_MAX = 400;

const signs: Readonly<Record<LaneColumn['kind'], string>> = {
  submit: '[',
  advance: '○',
  await: '▷',
  answer: ']',
  effect: '●',
  show: 's',
  end: '✕',
};

const legend: readonly (readonly [LaneColumn['kind'], string])[] = [
  ['submit', 'submitted'],
  ['advance', 'goes on to its next station'],
  ['await', 'awaited: goes on until it is answered'],
  ['effect', 'takes effect'],
  ['answer', 'answered'],
  ['show', 'disks are shown, with nothing in flight'],
  ['end', 'no order is left'],
];

export function flightPage(view: FlightView): string {
  const { title, system, verdict, sentence, note, details } = view;
  const headline = headlineOf(view);
  const start = pageStart({
    title,
    system,
    headline,
    sign: verdict === 'right' ? '=' : verdict === 'wrong' ? '≠' : '?',
    agrees: verdict === 'right',
    sentence,
    note,
    details,
    styles: ['frame.css', 'lanes.css'],
    bodyClass: 'flight',
  });
  return `${start}<main>
${lanesMarkup(view.lanes, view.steps)}
</main>
<script>
${pageScript('lanes.mjs')}</script>
</body>
</html>
`;
}

function headlineOf({ verdict, system, steps, lanes: { columns } }: FlightView): string {
  if (verdict === 'right') return `an order explains everything that ${system} answered`;
  if (verdict === 'undecided') return 'undecided';
  const end = columns.at(-1)?.step ?? 0;
  return end < steps
    ? `First difference: step ${end + 1} of ${steps}`
    : `Difference behind all ${steps} steps`;
}

function lanesMarkup({ lanes, columns, order }: FlightLanes, steps: number): string {
  const first = Math.max(0, columns.length - COLUMNS_MAX);
  const shown = columns.slice(first);
  const kept = lanes.flatMap((lane, index) =>
    lane.to === null || lane.to >= first ? [{ lane, index }] : [],
  );
  const left = lanes.length - kept.length;
  return `<p class="order">${escaped(order)}</p>
${left === 0 ? '' : `<p class="order">${left} requests before these are left out</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="requests over time">
<table class="flights">
<thead><tr><th scope="col">step</th>${stepCells(shown, first, steps)}<th scope="col">answer</th></tr></thead>
<tbody>
${kept.map(({ lane, index }) => laneRow(lanes, lane, index, shown, first)).join('\n')}
</tbody>
</table>
</div>
<p class="legend">${legend.map(([kind, words]) => `<b class="${kind}">${signs[kind]}</b> ${words}; `).join('')}a line across: a control call takes effect. <kbd>←</kbd><kbd>→</kbd> instant <kbd>Home</kbd><kbd>End</kbd></p>
<ol class="instants" start="${first + 1}">
${shown.map((column, at) => instant(column, first + at, steps)).join('\n')}
</ol>`;
}

/** Neighbouring columns of one step have one cell; what takes effect belongs to the step before. */
function stepCells(columns: readonly LaneColumn[], first: number, steps: number): string {
  const groups: { step: number | null; width: number; from: number }[] = [];
  for (const [at, { step }] of columns.entries()) {
    const last = groups.at(-1);
    if (last !== undefined && (step === null || step === last.step)) last.width++;
    else groups.push({ step, width: 1, from: first + at });
  }
  return groups
    .map(
      ({ step, width, from }) =>
        `<th scope="colgroup" colspan="${width}" data-from="${from}">${stepName(step, steps)}</th>`,
    )
    .join('');
}

function laneRow(
  lanes: readonly Lane[],
  lane: Lane,
  index: number,
  columns: readonly LaneColumn[],
  first: number,
): string {
  const cells = columns.map((column, at) => cell(lanes, lane, index, column, first + at));
  const answer = lane.answer ?? 'not answered';
  return `<tr${lane.isCall ? ' class="call"' : ''}><th scope="row">${escaped(lane.name)}</th>${cells.join('')}<td class="answered">${escaped(answer)}</td></tr>`;
}

function cell(lanes: readonly Lane[], lane: Lane, index: number, column: LaneColumn, at: number): string {
  const { kind, lane: of, sectors, text } = column;
  const isCut = kind === 'effect' && of !== null && lanes[of]?.isCall === true;
  const isFlying = at > lane.from && (lane.to === null || at < lane.to);
  const classes = [
    ...(isFlying || at === lane.from || at === lane.to ? ['flying'] : []),
    ...(isCut ? ['cut'] : []),
    ...(of === index ? [kind] : []),
    ...(of === null ? [kind] : []),
  ];
  const marks = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  if (of !== index && of !== null) return `<td data-at="${at}"${marks}></td>`;
  const small = sectors === '' ? '' : `<small>${escaped(sectors.replace(/^sectors? /, ''))}</small>`;
  return `<td data-at="${at}"${marks} title="${escaped(text)}">${signs[kind]}${small}</td>`;
}

function stepName(step: number | null, steps: number): string {
  if (step === null) return '';
  return step < steps ? `${step + 1}` : 'end';
}

function instant({ kind, step, text }: LaneColumn, at: number, steps: number): string {
  const name = stepName(step, steps);
  const where = name === '' ? '' : name === 'end' ? 'end: ' : `step ${name}: `;
  return `<li id="instant-${at}" data-at="${at}" class="${kind}">${escaped(`${where}${text}`)}</li>`;
}
