/** What the page says of a content, an outcome, a movement: the same words in cells, titles and for screen readers. */
/** @import { ViewData } from '../view-data.ts' */

/** How each of the contents that no write names is drawn; the last is not shown. */
const specialKinds = ['empty', 'bad', 'refused', 'bad'];

/** @type {readonly ('view' | 'active' | 'hidden' | 'secondary')[]} */
export const rowKeys = ['view', 'active', 'hidden', 'secondary'];
export const rowTitles = ['secondary VM', 'active disk', 'hidden disk', 'secondary disk'];

/**
 * @typedef {{ short: string, long: string, kind: string, origin: number | null, step: string }} ContentText
 * `origin` is the step that wrote it, 0 for the initial content, null for content that no write names.
 */

/**
 * @param {ViewData} data
 * @param {number} content
 * @returns {ContentText}
 */
export function contentText(data, content) {
  const kind = specialKinds[content];
  if (kind !== undefined) {
    const { sign = '', words = '' } = data.symbols[content] ?? {};
    return { short: sign, long: words, kind, origin: null, step: '' };
  }
  const [tag, origin] = data.contents[content - specialKinds.length] ?? [0, 0];
  if (origin === 0) {
    const long = tag === 0 ? 'zeroes from the beginning' : `tag ${tag} from the beginning`;
    return { short: String(tag), long, kind: 'initial', origin, step: '' };
  }
  const long = `#${origin} ${stepText(data, origin)}${tag === 0 ? ' (zeroes)' : ''}`;
  return { short: String(tag), long, kind: 'written', origin, step: `#${origin}` };
}

/**
 * @param {ViewData} data
 * @param {number} step from 1; 0 is the beginning
 */
export function stepText(data, step) {
  if (step === 0) return 'the beginning';
  return data.texts[data.steps[step - 1]?.text ?? -1] ?? '';
}

/**
 * @param {ViewData} data
 * @param {number} step
 */
export function outcomeText(data, step) {
  if (step === 0) return '';
  return data.texts[data.steps[step - 1]?.outcome ?? -1] ?? '';
}

/**
 * What stands in a cell of which nothing is known.
 * @param {ViewData} data
 */
export function notShownText({ symbols }) {
  return symbols[specialKinds.length] ?? { sign: '', words: '' };
}

/** One phrase a kind of movement, in the order of the kinds. */
export const movementTexts = [
  { name: 'copy before write', verb: 'saved before the write' },
  { name: 'first write of a cluster', verb: 'filled from below' },
  { name: 'commit', verb: 'committed' },
  { name: 'emptied', verb: 'emptied' },
];

/**
 * The steps whose text, outcome or new stage contains every word of the query, in any case.
 * @param {ViewData} data
 * @param {string} query
 * @returns {number[]}
 */
export function stepsMatching(data, query) {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const found = [];
  for (let step = 1; step <= data.steps.length; step++) {
    const stages = (data.steps[step - 1]?.situations ?? []).map((each) => data.situations[each]?.stage ?? '');
    const text = [`#${step}`, stepText(data, step), outcomeText(data, step), ...stages]
      .join(' ')
      .toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(step);
  }
  return found;
}
