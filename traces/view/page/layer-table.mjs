/** One node after one step: what the secondary VM sees, and the layers below it, sector by sector. */
/** @import { ViewData } from '../view-data.ts' */
/** @import { Column } from './columns.mjs' */
/** @import { Frame } from './frames.mjs' */
import { sectorsText } from './columns.mjs';
import { contentText, movementTexts, notShownText, rowKeys, rowTitles } from './content-text.mjs';
import { element } from './elements.mjs';
import { applyRuns, eachMovement, isMissing, ROWS_A_NODE } from './frames.mjs';

/**
 * @typedef {object} Shown
 * @property {ViewData} data
 * @property {number} step
 * @property {Frame} before
 * @property {Frame} after
 * @property {Frame | null} actual what the system showed, where it differs in this step
 * @property {boolean} isRun the system was given this step
 */

/** @typedef {{ name: string, label: string, side: string, rows: Int32Array[], row: number, other: Int32Array | null }} TableRow */

/** The golden angle: neighbouring steps get colours far from each other. */
const HUE_STEP = 137.508;
/** Pixels that columns may take before they become narrow: then the step of each content stands below it. */
const ROOMY_PIXELS = 640;
const COLUMN_PIXELS = 46;
const DIGIT_PIXELS = 7.3;

/**
 * What the system showed after the step that differed; null where it is not known or this is another step.
 * @param {ViewData} data
 * @param {number} step
 * @param {Frame} after
 * @returns {Frame | null}
 */
export function actualFrame({ difference }, step, after) {
  if (difference === null || difference.step !== step || difference.rowsShown.length === 0) return null;
  const rows = after.rows.map((row) => row.slice());
  applyRuns(rows, difference.cells);
  return { rows, situations: after.situations };
}

/**
 * @param {Shown} shown
 * @param {number} node
 * @param {Column[]} columns
 * @param {number} cursor the sector in question
 * @returns {HTMLElement}
 */
export function layerTable(shown, node, columns, cursor) {
  const isAt = (/** @type {Column} */ { sector, count }) => cursor >= sector && cursor < sector + count;
  const crowded = roomyWidth(columns) > ROOMY_PIXELS;
  const ruler = columns.map((column) => rulerCell(shown, node, column, isAt(column), crowded));
  const body = element('tbody');
  for (const row of rowsOf(shown.data, node)) {
    if (row >= 2) body.append(gapRow(shown, node, row - 1, columns));
    for (const each of sides(shown, node, row)) body.append(contentRow(shown, node, each, columns, isAt));
  }
  return element(
    'table',
    { class: crowded ? 'layers crowded' : 'layers', 'data-node': node },
    element('thead', {}, element('tr', {}, element('th', { colspan: 2, scope: 'row' }, 'sector'), ...ruler)),
    body,
  );
}

/** @param {Column[]} columns */
function roomyWidth(columns) {
  const width = (/** @type {Column} */ column) =>
    Math.max(COLUMN_PIXELS, 8 + DIGIT_PIXELS * sectorsText(column).length);
  return columns.reduce((sum, column) => sum + width(column), 0);
}

/**
 * Marked where the step names the sector, and at the cursor.
 * @param {Shown} shown
 * @param {number} node
 * @param {Column} column
 * @param {boolean} isAt
 * @param {boolean} crowded
 */
function rulerCell({ data, step }, node, column, isAt, crowded) {
  const [of, first, count] = data.steps[step - 1]?.range ?? [-1, 0, 0];
  const isNamed = of === node && first < column.sector + column.count && column.sector < first + count;
  const text = sectorsText(column);
  return element(
    'th',
    {
      scope: 'col',
      class: `${isAt ? 'at' : ''}${isNamed ? ' named' : ''}`,
      title: `sector ${text}${isNamed ? ', named by this step' : ''}`,
      'data-sector': column.sector,
    },
    crowded ? String(column.sector) : text,
  );
}

/**
 * A primary has its peer's disk alone.
 * @param {ViewData} data
 * @param {number} node
 */
function rowsOf(data, node) {
  return data.nodes[node]?.mode === 'primary' ? [0, 3] : [0, 1, 2, 3];
}

/**
 * The view always beside what was expected of it; a layer twice only where it differs.
 * @param {Shown} shown
 * @param {number} node
 * @param {number} row
 * @returns {TableRow[]}
 */
function sides({ data, after, actual, isRun }, node, row) {
  const number = node * ROWS_A_NODE + row;
  const label =
    data.nodes[node]?.mode === 'primary'
      ? row === 0
        ? 'primary VM'
        : "peer's disk"
      : (rowTitles[row] ?? '');
  const seen = actual !== null && data.difference?.rowsShown.includes(number) === true ? actual : null;
  const expected = after.rows[number] ?? new Int32Array();
  const found = seen?.rows[number] ?? expected;
  const differs = found.some((content, sector) => content !== expected[sector]);
  const common = { name: label, label, row: number };
  const model = { ...common, side: row === 0 ? 'expected' : 'model', rows: after.rows };
  if (differs) {
    return [
      { ...model, other: found },
      {
        ...common,
        label: '',
        side: row === 0 ? 'actual' : 'system',
        rows: seen?.rows ?? after.rows,
        other: expected,
      },
    ];
  }
  const isKnown = isRun && data.rowsCompared.includes(row) && (actual === null || seen !== null);
  if (row > 0) return [{ ...model, side: isKnown ? 'both' : 'model', other: null }];
  const second = { ...common, label: '', side: 'actual', rows: isKnown ? after.rows : [], other: null };
  return [{ ...model, other: null }, second];
}

/**
 * @param {Shown} shown
 * @param {number} node
 * @param {TableRow} tableRow
 * @param {Column[]} columns
 * @param {(column: Column) => boolean} isAt
 */
function contentRow(shown, node, tableRow, columns, isAt) {
  const { data, step } = shown;
  const { label, side, row } = tableRow;
  const name = rowKeys[row % ROWS_A_NODE] ?? 'view';
  const unit = data.nodes[node]?.unitSectors[name] ?? 1;
  const cells = columns.map((column) => {
    const cell = contentCell(shown, tableRow, column);
    if (column.sector % unit === 0) cell.classList.add('unit');
    if (isAt(column)) cell.classList.add('at');
    return cell;
  });
  const emptied = isEmptied(data, step, row);
  return element(
    'tr',
    { class: `content ${name} ${side}` },
    element('th', { scope: 'row' }, label),
    element(
      'th',
      { class: 'side' },
      side === 'both' ? 'model = system' : side,
      ...(emptied && label !== '' ? [emptiedMark(shown, row)] : []),
    ),
    ...cells,
  );
}

/**
 * @param {Shown} shown
 * @param {TableRow} tableRow
 * @param {Column} column
 */
function contentCell({ data, before, step }, { name, side, rows, row, other }, column) {
  const content = rows[row]?.[column.sector];
  const place = side === 'both' ? name : `${name} (${side})`;
  const common = { 'data-sector': column.sector, 'data-row': name, 'data-side': place };
  if (content === undefined) {
    const { sign, words } = notShownText(data);
    return element(
      'td',
      { ...common, class: 'unknown', title: `${place}: ${words}`, 'data-row': place, 'data-holds': words },
      sign,
    );
  }
  const old = before.rows[row]?.[column.sector];
  const expected = other?.[column.sector];
  const differs = expected !== undefined && expected !== content;
  const text = contentText(data, content);
  const was = step > 0 && old !== undefined && old !== content ? `, was ${contentText(data, old).long}` : '';
  const title = `${place}, sector ${sectorsText(column)}: ${text.long}${was}${differs ? ' (differs)' : ''}`;
  const cell = element(
    'td',
    {
      ...common,
      class: `${text.kind}${was === '' ? '' : ' lit'}${differs ? ' differs' : ''}`,
      title,
      'aria-label': title,
      'data-origin': text.origin ?? '',
      'data-holds': text.long,
      'data-was': was,
    },
    element('b', {}, text.short),
    ...(text.step === '' ? [] : [' ', element('small', {}, text.step)]),
  );
  if (text.origin !== null && text.origin > 0)
    cell.style.setProperty('--hue', String((text.origin * HUE_STEP) % 360));
  return cell;
}

/**
 * @param {Shown} shown
 * @param {number} row
 */
function emptiedMark({ data, step }, row) {
  const movement = { node: Math.floor(row / ROWS_A_NODE), to: row % ROWS_A_NODE };
  return isMissing(data, step, movement, 0, Infinity)
    ? element('span', { class: 'emptied missing', title: 'expected, did not happen' }, 'not emptied')
    : element('span', { class: 'emptied' }, 'emptied');
}

/**
 * @param {ViewData} data
 * @param {number} step
 * @param {number} row
 */
function isEmptied({ steps }, step, row) {
  return eachMovement(steps[step - 1]).some(
    ({ node, from, to }) => from === to && node * ROWS_A_NODE + to === row,
  );
}

/**
 * What moves between a layer and the one below it: a shaft in the sectors that it moves, a head where it arrives.
 * @param {Shown} shown
 * @param {number} node
 * @param {number} above
 * @param {Column[]} columns
 */
function gapRow({ data, step }, node, above, columns) {
  const movements = eachMovement(data.steps[step - 1]).filter(
    ({ node: of, from, to }) => of === node && Math.min(from, to) <= above && above < Math.max(from, to),
  );
  const arrives = (/** @type {{ to: number }} */ { to }) => to === above || to === above + 1;
  const names = new Set(movements.filter(arrives).map(({ kind }) => movementTexts[kind]?.name ?? ''));
  const cells = columns.map((column) => {
    const moved = movements.find(
      ({ sector, count }) => sector < column.sector + column.count && column.sector < sector + count,
    );
    if (moved === undefined) return element('td', {});
    const missing = isMissing(data, step, moved, column.sector, column.count);
    const way = `${movementTexts[moved.kind]?.name}: ${rowTitles[moved.from]} to ${rowTitles[moved.to]}`;
    const what = missing ? `expected, did not happen: ${way}` : way;
    const heads = missing ? ['△', '▽', '┆'] : ['▲', '▼', '┃'];
    const head = heads[moved.to < moved.from ? 0 : 1] ?? '';
    return element(
      'td',
      {
        class: missing ? 'moved missing' : 'moved',
        title: what,
        'aria-label': what,
        'data-sector': column.sector,
      },
      arrives(moved) ? head : (heads[2] ?? ''),
    );
  });
  return element('tr', { class: 'gap' }, element('th', { colspan: 2 }, [...names].join(', ')), ...cells);
}
