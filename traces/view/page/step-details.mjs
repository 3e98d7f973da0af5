/** The chosen step in words: its outcome, what moved, the lines of the seed behind it, and who touched the sector. */
/** @import { Runs, ViewData } from '../view-data.ts' */
/** @import { Column } from './columns.mjs' */
import { sectorsText } from './columns.mjs';
import { movementTexts, outcomeText, rowTitles, stepText } from './content-text.mjs';
import { element } from './elements.mjs';
import { eachMovement, ROWS_A_NODE } from './frames.mjs';

const TOUCHES_SHOWN = 14;

/**
 * @param {ViewData} data
 * @param {number} step
 * @returns {HTMLElement}
 */
export function headline(data, step) {
  const { difference, steps } = data;
  const title = element(
    'h2',
    {},
    element('span', { class: 'number' }, `#${step}`),
    ` ${stepText(data, step)}`,
  );
  if (step === 0) return element('div', { class: 'headline' }, title);
  const expected = outcomeText(data, step);
  const standing = steps[step - 1]?.standing;
  if (difference?.step === step) {
    return element(
      'div',
      { class: 'headline differs' },
      title,
      element(
        'dl',
        { class: 'pair' },
        ...(difference.kind === 'outcome' ? [] : named('answered', expected)),
        ...named(difference.kind === 'invariant' ? 'the law' : 'expected', difference.expected, 'expected'),
        ...named(difference.kind === 'invariant' ? 'found' : 'actual', difference.actual, 'actual'),
      ),
      ...(difference.circumstances.length === 0
        ? []
        : [element('pre', { class: 'circumstances' }, difference.circumstances.join('\n'))]),
    );
  }
  const notes = {
    leftOut: 'The system cannot be given this operation here: it was left out on both sides.',
    notRun: 'After the first difference: the model goes on alone.',
  };
  return element(
    'div',
    { class: 'headline' },
    title,
    element(
      'dl',
      { class: 'pair' },
      ...named(standing === undefined ? 'both answer' : 'the model answers', expected),
    ),
    ...(standing === undefined ? [] : [element('p', { class: 'note' }, notes[standing])]),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} kind
 */
function named(name, value, kind = '') {
  return [element('dt', {}, name), element('dd', { class: kind }, value)];
}

/**
 * @param {ViewData} data
 * @param {number} step
 * @returns {HTMLElement}
 */
export function movementList(data, step) {
  const several = data.nodes.length > 1;
  const items = eachMovement(data.steps[step - 1]).map((movement) => {
    const { name = '' } = movementTexts[movement.kind] ?? {};
    const where = `${movement.count === 1 ? 'sector' : 'sectors'} ${sectorsText(movement)}${several ? ` of node ${movement.node}` : ''}`;
    const way =
      movement.from === movement.to
        ? `${rowTitles[movement.from]}`
        : `${rowTitles[movement.from]} → ${rowTitles[movement.to]}`;
    return element('li', {}, element('b', {}, name), ` ${where}: ${way}`);
  });
  if (items.length === 0) return element('p', { class: 'quiet' }, 'Nothing moves between the layers.');
  return element('ul', {}, ...items);
}

/**
 * @param {ViewData} data
 * @param {number} step
 * @returns {HTMLElement}
 */
export function seedLines(data, step) {
  if (data.nodes.length > 1) {
    return element('p', { class: 'quiet' }, 'Lines are known only for hosts of one node.');
  }
  const items = (data.steps[step - 1]?.branches ?? []).map((branch) => {
    const [lines, what] = data.branches[branch] ?? ['', ''];
    return element('li', {}, element('code', {}, `replication.c:${lines}`), ` ${what}`);
  });
  if (items.length === 0) return element('p', { class: 'quiet' }, 'This step runs no line of replication.c.');
  return element('ul', {}, ...items);
}

/**
 * The steps that change a sector of a node, or name it, with links; around the chosen one where there are many.
 * @param {ViewData} data
 * @param {number} node
 * @param {Column} column
 * @param {number} step
 * @returns {HTMLElement}
 */
export function sectorHistory(data, node, column, step) {
  const touching = stepsTouching(data, node, column);
  const after = touching.findIndex((each) => each > step);
  const middle = after === -1 ? touching.length : after;
  const from = Math.max(0, Math.min(middle - TOUCHES_SHOWN + 4, touching.length - TOUCHES_SHOWN));
  const shown = touching.slice(from, from + TOUCHES_SHOWN);
  const items = shown.map((each) =>
    element(
      'li',
      { class: each === step ? 'chosen' : '' },
      element('a', { href: `#step=${each}` }, `#${each}`),
      ` ${stepText(data, each)}`,
    ),
  );
  const earlier = from > 0 ? [element('li', { class: 'quiet' }, `${from} earlier`)] : [];
  const left = touching.length - from - shown.length;
  const later = left > 0 ? [element('li', { class: 'quiet' }, `${left} later`)] : [];
  if (touching.length === 0) return element('p', { class: 'quiet' }, 'No step touches it.');
  return element('ul', {}, ...earlier, ...items, ...later);
}

/**
 * @param {ViewData} data
 * @param {number} node
 * @param {Column} column
 * @returns {number[]}
 */
export function stepsTouching(data, node, column) {
  const meets = (/** @type {number} */ sector, /** @type {number} */ count) =>
    sector < column.sector + column.count && column.sector < sector + count;
  const touching = [];
  for (const [index, { cells, range }] of data.steps.entries()) {
    const isNamed = range !== undefined && range[0] === node && meets(range[1], range[2]);
    if (isNamed || changesBelowView(cells ?? [], node, meets)) touching.push(index + 1);
  }
  return touching;
}

/**
 * Without an object for each run: ten thousand steps are asked whenever a step is shown.
 * @param {Runs} runs
 * @param {number} node
 * @param {(sector: number, count: number) => boolean} meets
 */
function changesBelowView(runs, node, meets) {
  for (let at = 0; at < runs.length; at += 4) {
    const row = (runs[at] ?? 0) - node * ROWS_A_NODE;
    if (row > 0 && row < ROWS_A_NODE && meets(runs[at + 1] ?? 0, runs[at + 2] ?? 0)) return true;
  }
  return false;
}
