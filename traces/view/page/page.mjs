/** The page of a trace: what is chosen, and how it is chosen by keys, clicks and the address. */
/** @import { ViewData } from '../view-data.ts' */
import { Columns, parseSectors, sectorsText } from './columns.mjs';
import { stepsMatching } from './content-text.mjs';
import { byId, element, inputById } from './elements.mjs';
import { eachRun, frameAfter, frameAt, ROWS_A_NODE, situationsByStep } from './frames.mjs';
import { actualFrame, layerTable } from './layer-table.mjs';
import { headline, movementList, sectorHistory, seedLines } from './step-details.mjs';
import { StageLanes } from './stage-lanes.mjs';
import { StepList } from './step-list.mjs';

/** So many are always to be seen without scrolling. */
const COLUMNS_IN_SIGHT = 12;

/** @type {ViewData} */
const data = JSON.parse(byId('data').textContent ?? '');
const stepsMax = data.steps.length;
const columns = new Columns(data);
const situations = situationsByStep(data);
const list = new StepList(data, situations, goTo);
const lanes = new StageLanes(data, situations, goTo);
const search = inputById('search');
const range = inputById('range');

let step = -1;
let node = data.difference?.node ?? 0;
let cursor = data.difference?.sector ?? firstSectorNamed(data.difference?.step ?? 1);
/** @type {number[]} */
let matches = [];

/** @param {number} wanted */
function goTo(wanted) {
  const to = Math.min(Math.max(wanted, 0), stepsMax);
  if (to === step) return;
  step = to;
  bringInSight();
  const scrolled = tableScrolls();
  list.show(step);
  lanes.show(step);
  show(scrolled);
  history.replaceState(null, '', `#step=${step}`);
}

/** To ask for these after a change would lay the page out once more. */
function tableScrolls() {
  return [...document.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft);
}

function show(scrolled = tableScrolls()) {
  const before = frameAt(data, Math.max(step - 1, 0));
  const after = step === 0 ? before : frameAfter(data, before, step);
  const standing = data.steps[step - 1]?.standing;
  const shown = {
    data,
    step,
    before,
    after,
    actual: actualFrame(data, step, after),
    isRun: standing === undefined,
  };
  byId('headline').replaceChildren(headline(data, step));
  byId('nodes').replaceChildren(...data.nodes.map((_, each) => nodeSection(shown, each)));
  byId('movements').replaceChildren(movementList(data, step));
  byId('lines').replaceChildren(seedLines(data, step));
  showHistory();
  for (const each of data.nodes.keys()) keepInSight(each, scrolled[each] ?? 0);
}

/**
 * @param {import('./layer-table.mjs').Shown} shown
 * @param {number} of
 */
function nodeSection(shown, of) {
  const { stage, remarks = [] } = data.situations[shown.after.situations[of] ?? 0] ?? {};
  const was = data.situations[shown.before.situations[of] ?? 0]?.stage;
  const mode = data.nodes[of]?.mode ?? '';
  const [first, last] = sectorsShown(of);
  const within = columns.within(of, first, last, cursor);
  return element(
    'section',
    { class: 'node' },
    element(
      'h3',
      {},
      `${data.nodes.length > 1 ? `node ${of}, ` : ''}${mode} `,
      ...(was === stage ? [] : [element('span', { class: `badge stage-${was}` }, was ?? ''), ' → ']),
      element('span', { class: `badge stage-${stage}` }, stage ?? ''),
      ...remarks.map((remark) => element('span', { class: 'remark' }, remark)),
    ),
    element('div', { class: 'scroll' }, layerTable(shown, of, within.columns, of === node ? cursor : -1)),
    ...(within.isCut ? [element('p', { class: 'note' }, 'More sectors than fit: name a range above.')] : []),
  );
}

/** The cursor goes to the first difference, and where not all sectors fit to what the step names or changes. */
function bringInSight() {
  const { difference } = data;
  if (difference !== null && difference.step === step && difference.sector !== null) {
    node = difference.node;
    cursor = difference.sector;
    return;
  }
  const { range: named, cells = [] } = data.steps[step - 1] ?? {};
  const changed = eachRun(cells)[0];
  const [of, sector] =
    named ?? (changed === undefined ? [] : [Math.floor(changed.row / ROWS_A_NODE), changed.sector]);
  if (of === undefined || sector === undefined) return;
  const [first, last] = sectorsShown(of);
  const within = columns.within(of, first, last, cursor);
  if (!within.isCut || within.columns.some((column) => isIn(column, sector))) return;
  node = of;
  cursor = sector;
}

/**
 * @param {import('./columns.mjs').Column} column
 * @param {number} sector
 */
function isIn(column, sector) {
  return column.sector <= sector && sector < column.sector + column.count;
}

/**
 * A table that is wider than its place stays where it was scrolled to, unless what is in question is not to be seen.
 * @param {number} of
 * @param {number} scrollLeft
 */
function keepInSight(of, scrollLeft) {
  const scroll = document.querySelectorAll('.scroll')[of];
  const ruler = [...(scroll?.querySelectorAll('thead th[data-sector]') ?? [])];
  if (scroll === undefined || ruler.length <= COLUMNS_IN_SIGHT) return;
  scroll.scrollLeft = scrollLeft;
  const cell = ['td.differs', 'th.named', 'th.at'].map((kind) => scroll.querySelector(kind)).find(Boolean);
  if (!(cell instanceof HTMLElement)) return;
  const { offsetLeft, offsetWidth } = cell;
  const isInSight = offsetLeft > scrollLeft && offsetLeft + offsetWidth < scrollLeft + scroll.clientWidth;
  if (!isInSight) scroll.scrollLeft = offsetLeft - scroll.clientWidth / 2;
}

/**
 * @param {number} of
 * @returns {[number, number]}
 */
function sectorsShown(of) {
  const length = data.nodes[of]?.lengthSectors ?? 1;
  return parseSectors(range.value, length) ?? [0, length - 1];
}

function columnAtCursor() {
  const [first, last] = sectorsShown(node);
  const all = columns.within(node, first, last, cursor).columns;
  return {
    all,
    at: Math.max(
      0,
      all.findLastIndex(({ sector }) => sector <= cursor),
    ),
  };
}

/** @param {number} by */
function moveCursor(by) {
  const { all, at } = columnAtCursor();
  const to = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (to !== undefined) pointAt(node, to.sector);
}

/**
 * @param {number} atNode
 * @param {number} sector
 */
function pointAt(atNode, sector) {
  node = atNode;
  cursor = sector;
  show();
}

function showHistory() {
  const { all, at } = columnAtCursor();
  const column = all[at] ?? { sector: cursor, count: 1 };
  const where = data.nodes.length > 1 ? ` of node ${node}` : '';
  const sectors = column.count === 1 ? 'Sector' : 'Sectors';
  byId('history-title').textContent = `${sectors} ${sectorsText(column)}${where}`;
  byId('history').replaceChildren(columnContent(), sectorHistory(data, node, column, step));
}

/** What the rows of the column hold, in words, for those without a pointer. */
function columnContent() {
  /** @type {Map<string, { rows: Set<string>, differs: boolean, holds: string }>} */
  const contents = new Map();
  for (const cell of document.querySelectorAll('tr.content td.at')) {
    const holds = `${cell.getAttribute('data-holds')}${cell.getAttribute('data-was') ?? ''}`;
    const differs = cell.classList.contains('differs');
    const known = contents.get(`${differs} ${holds}`) ?? { rows: new Set(), differs, holds };
    known.rows.add(cell.getAttribute(differs ? 'data-side' : 'data-row') ?? '');
    contents.set(`${differs} ${holds}`, known);
  }
  const items = [...contents.values()].flatMap(({ holds, rows, differs }) => [
    element('dt', {}, [...rows].join(', ')),
    element('dd', differs ? { class: 'differs' } : {}, holds),
  ]);
  return element('dl', { class: 'content-now' }, ...items);
}

/** @param {number} of */
function firstSectorNamed(of) {
  return data.steps[of - 1]?.range?.[1] ?? 0;
}

function searchAgain() {
  matches = stepsMatching(data, search.value);
  list.mark(matches);
  tellMatches();
}

function tellMatches() {
  const at = matches.indexOf(step);
  const text = at === -1 ? `${matches.length}` : `${at + 1} of ${matches.length}`;
  byId('matches').textContent = search.value.trim() === '' ? '' : `${text} found`;
}

/** @param {1 | -1} direction */
function nextMatch(direction) {
  const next =
    direction === 1
      ? (matches.find((each) => each > step) ?? matches[0])
      : (matches.findLast((each) => each < step) ?? matches.at(-1));
  if (next !== undefined) goTo(next);
  tellMatches();
}

function goToDifference() {
  if (data.difference === null) return;
  step = -1;
  goTo(data.difference.step);
}

function goToAddress() {
  const named = /step=(\d+)/.exec(location.hash);
  if (named !== null) goTo(Number(named[1]));
  else if (step === -1) goTo(data.difference?.step ?? 0);
}

/** @type {Record<string, () => void>} */
const keys = {
  ArrowUp: () => goTo(step - 1),
  ArrowDown: () => goTo(step + 1),
  ArrowLeft: () => moveCursor(-1),
  ArrowRight: () => moveCursor(1),
  PageUp: () => goTo(step - 10),
  PageDown: () => goTo(step + 10),
  Home: () => goTo(0),
  End: () => goTo(stepsMax),
  d: goToDifference,
  n: () => nextMatch(1),
  N: () => nextMatch(-1),
  '/': () => search.focus(),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLInputElement) {
    if (event.key === 'Escape') event.target.blur();
    if (event.key === 'Enter' && event.target === search) nextMatch(event.shiftKey ? -1 : 1);
    return;
  }
  const act = keys[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
search.addEventListener('input', searchAgain);
range.addEventListener('input', () => show());
byId('to-difference').addEventListener('click', goToDifference);
byId('nodes').addEventListener('click', ({ target }) => {
  const cell = target instanceof Element ? target.closest('[data-sector]') : null;
  const table = cell?.closest('[data-node]');
  if (cell && table)
    pointAt(Number(table.getAttribute('data-node')), Number(cell.getAttribute('data-sector')));
});
byId('nodes').addEventListener('mouseover', ({ target }) => {
  const origin = target instanceof Element ? target.closest('td')?.getAttribute('data-origin') : null;
  for (const cell of document.querySelectorAll('td.kin')) cell.classList.remove('kin');
  if (!origin || origin === '0') return;
  for (const cell of document.querySelectorAll(`td[data-origin="${origin}"]`)) cell.classList.add('kin');
});
window.addEventListener('hashchange', goToAddress);
goToAddress();
