/** One node after one step: what the secondary VM sees, and the layers below it, sector by sector. */
/** @import { ViewData } from '../view-data.ts' */
/** @import { Column } from './columns.mjs' */
/** @import { Frame } from './frames.mjs' */
import { sectorsText } from './columns.mjs';
import { contentText, movementTexts, rowKeys, rowTitles } from './content-text.mjs';
import { element } from './elements.mjs';
import { applyRuns, eachMovement, ROWS_A_NODE } from './frames.mjs';

/**
 * @typedef {object} Shown
 * @property {ViewData} data
 * @property {number} step
 * @property {Frame} before
 * @property {Frame} after
 * @property {Frame | null} actual what the system showed, where it differs in this step
 * @property {boolean} isRun the system was given this step
 */

/** @typedef {{ label: string, side: string, rows: Int32Array[], row: number, other: Int32Array | null }} TableRow */

/** The golden angle: neighbouring steps get colours far from each other. */
const HUE_STEP = 137.508;
/** With more columns than this there is no room for the step of each content. */
const ROOMY_COLUMNS = 24;

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
  const ruler = columns.map((column) =>
    element(
      'th',
      { scope: 'col', class: isAt(column) ? 'at' : '', 'data-sector': column.sector },
      sectorsText(column),
    ),
  );
  const body = element('tbody');
  for (const row of rowsOf(shown.data, node)) {
    if (row >= 2) body.append(gapRow(shown, node, row - 1, columns));
    for (const each of sides(shown, node, row)) body.append(contentRow(shown, node, each, columns, isAt));
  }
  const crowded = columns.length > ROOMY_COLUMNS;
  return element(
    'table',
    { class: crowded ? 'layers crowded' : 'layers', 'data-node': node },
    element('thead', {}, element('tr', {}, element('th', { colspan: 2, scope: 'row' }, 'sector'), ...ruler)),
    body,
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
  const common = { label, row: number };
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
  const isKnown = isRun && (actual === null || seen !== null);
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
function contentRow({ data, before, step }, node, { label, side, rows, row, other }, columns, isAt) {
  const name = rowKeys[row % ROWS_A_NODE] ?? 'view';
  const unit = data.nodes[node]?.unitSectors[name] ?? 1;
  const cells = columns.map((column) => {
    const content = rows[row]?.[column.sector];
    if (content === undefined) return element('td', { class: 'unknown' }, '');
    const old = before.rows[row]?.[column.sector];
    const expected = other?.[column.sector];
    const differs = expected !== undefined && expected !== content;
    const text = contentText(data, content);
    const was = step > 0 && old !== undefined && old !== content ? contentText(data, old) : null;
    const classes = [
      text.kind,
      column.sector % unit === 0 ? 'unit' : '',
      was === null ? '' : 'lit',
      differs ? 'differs' : '',
      isAt(column) ? 'at' : '',
    ];
    const title = [
      `${label || rowTitles[row % ROWS_A_NODE]} (${side}), sector ${sectorsText(column)}: ${text.long}`,
      ...(was === null ? [] : [`before this step: ${was.long}`]),
      ...(differs ? [`differs: the other has ${contentText(data, expected).long}`] : []),
    ].join('\n');
    const cell = element(
      'td',
      {
        class: classes.filter(Boolean).join(' '),
        title,
        'aria-label': title,
        'data-origin': text.origin ?? '',
      },
      element('b', {}, text.short),
      element('small', {}, text.step),
    );
    cell.dataset['sector'] = String(column.sector);
    if (text.origin !== null && text.origin > 0)
      cell.style.setProperty('--hue', String((text.origin * HUE_STEP) % 360));
    return cell;
  });
  return element(
    'tr',
    { class: `content ${name} ${side}` },
    element('th', { scope: 'row' }, label),
    element('th', { class: 'side' }, side === 'both' ? 'model = system' : side),
    ...cells,
  );
}

/**
 * What moves between a layer and the one below it, as arrows in the sectors that it moves.
 * @param {Shown} shown
 * @param {number} node
 * @param {number} above
 * @param {Column[]} columns
 */
function gapRow({ data, step }, node, above, columns) {
  const movements = eachMovement(data.steps[step - 1]).filter(
    ({ node: of, from, to }) => of === node && Math.min(from, to) <= above && above < Math.max(from, to),
  );
  const names = new Set(movements.map(({ kind }) => movementTexts[kind]?.name ?? ''));
  const cells = columns.map((column) => {
    const moved = movements.find(
      ({ sector, count }) => sector < column.sector + column.count && column.sector < sector + count,
    );
    if (moved === undefined) return element('td', {});
    const what = `${movementTexts[moved.kind]?.name}: ${rowTitles[moved.from]} to ${rowTitles[moved.to]}`;
    return element(
      'td',
      { class: 'moved', title: what, 'aria-label': what },
      moved.to < moved.from ? '▲' : '▼',
    );
  });
  return element('tr', { class: 'gap' }, element('th', { colspan: 2 }, [...names].join(', ')), ...cells);
}
