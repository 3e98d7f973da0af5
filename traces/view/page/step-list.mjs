/** The list of steps: of ten thousand only those in sight are elements. */
/** @import { ViewData } from '../view-data.ts' */
import { outcomeText, stepText } from './content-text.mjs';
import { byId, element } from './elements.mjs';

const ROW_PIXELS = 26;
const ROWS_BEYOND = 8;

export class StepList {
  #data;
  #situations;
  #list = byId('steps');
  #rows = element('div', { class: 'rows', role: 'presentation' });
  #step = 0;
  /** @type {ReadonlySet<number>} */
  #matches = new Set();
  #rendered = '';
  /** @type {Map<number, HTMLElement>} the rows that are elements, by step */
  #made = new Map();
  /** Kept, for to ask for them would lay the page out at once. */
  #top = 0;
  #height = 0;

  /**
   * @param {ViewData} data
   * @param {readonly Int32Array[]} situations
   * @param {(step: number) => void} choose
   */
  constructor(data, situations, choose) {
    this.#data = data;
    this.#situations = situations;
    if (situations.length > 1) this.#list.classList.add('several');
    this.#rows.style.height = `${(data.steps.length + 1) * ROW_PIXELS}px`;
    this.#list.replaceChildren(this.#rows);
    this.#list.addEventListener('scroll', () => {
      this.#top = this.#list.scrollTop;
      this.#render();
    });
    this.#list.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('[data-step]') : null;
      if (row !== null) choose(Number(row.getAttribute('data-step')));
    });
    this.#height = this.#list.clientHeight;
    new ResizeObserver(() => {
      this.#height = this.#list.clientHeight;
      this.#render();
    }).observe(this.#list);
  }

  /** @param {number} step */
  show(step) {
    this.#made.delete(this.#step);
    this.#made.delete(step);
    this.#step = step;
    const top = step * ROW_PIXELS;
    if (top < this.#top + ROW_PIXELS) this.#scrollTo(top - this.#height / 3);
    else if (top > this.#top + this.#height - 2 * ROW_PIXELS) this.#scrollTo(top - (this.#height * 2) / 3);
    this.#render();
    this.#list.setAttribute('aria-activedescendant', `step-${step}`);
  }

  /** @param {number} top */
  #scrollTo(top) {
    const end = (this.#data.steps.length + 1) * ROW_PIXELS - this.#height;
    this.#top = Math.max(0, Math.min(top, end));
    this.#list.scrollTop = this.#top;
  }

  /** @param {readonly number[]} steps */
  mark(steps) {
    this.#matches = new Set(steps);
    this.#made.clear();
    this.#rendered = '';
    this.#render();
  }

  #render() {
    const first = Math.max(0, Math.floor(this.#top / ROW_PIXELS) - ROWS_BEYOND);
    const last = Math.min(
      this.#data.steps.length,
      Math.ceil((this.#top + this.#height) / ROW_PIXELS) + ROWS_BEYOND,
    );
    const wanted = `${first} ${last} ${this.#step}`;
    if (wanted === this.#rendered) return;
    this.#rendered = wanted;
    /** @type {Map<number, HTMLElement>} */
    const rows = new Map();
    for (let step = first; step <= last; step++) rows.set(step, this.#made.get(step) ?? this.#row(step));
    this.#made = rows;
    this.#rows.replaceChildren(...rows.values());
  }

  /** @param {number} step */
  #row(step) {
    const { difference, steps } = this.#data;
    const differs = difference?.step === step;
    const standing = steps[step - 1]?.standing;
    const classes = [
      'step',
      step === this.#step ? 'chosen' : '',
      differs ? 'differs' : '',
      this.#matches.has(step) ? 'match' : '',
      standing ?? '',
    ];
    const row = element(
      'div',
      {
        class: classes.join(' ').trim(),
        id: `step-${step}`,
        role: 'option',
        'data-step': step,
        'aria-selected': step === this.#step ? 'true' : 'false',
        'aria-setsize': steps.length + 1,
        'aria-posinset': step + 1,
      },
      element('span', { class: 'number' }, differs ? `≠ ${step}` : String(step)),
      ...this.#situations.map((of, node) => this.#stageMark(of, step, node)),
      element('span', { class: 'text' }, step === 0 ? 'before the first step' : stepText(this.#data, step)),
      ...this.#outcome(step),
    );
    row.style.top = `${step * ROW_PIXELS}px`;
    return row;
  }

  /**
   * The lane of the stages of a node: named where they change.
   * @param {Int32Array} of
   * @param {number} step
   * @param {number} node
   */
  #stageMark(of, step, node) {
    const stageAt = (/** @type {number} */ at) => this.#data.situations[of[at] ?? 0]?.stage ?? '';
    const stage = stageAt(step);
    const isNew = step === 0 || stageAt(step - 1) !== stage;
    return element(
      'span',
      { class: `lane stage-${stage}${isNew ? ' new' : ''}`, title: `node ${node}: ${stage}` },
      isNew ? stage : '',
    );
  }

  /** @param {number} step */
  #outcome(step) {
    const { difference, steps } = this.#data;
    if (step === 0) return [];
    const standing = steps[step - 1]?.standing;
    const expected = outcomeText(this.#data, step);
    if (standing === 'leftOut') return [element('span', { class: 'outcome quiet' }, 'left out')];
    if (standing === 'notRun') return [element('span', { class: 'outcome quiet' }, `(${expected})`)];
    if (difference === null || difference.step !== step || difference.kind !== 'outcome') {
      const quiet = expected === 'ok' ? ' quiet' : '';
      return [element('span', { class: `outcome${quiet}`, title: expected }, expected)];
    }
    return [
      element(
        'span',
        { class: 'outcome', title: `expected ${difference.expected}, actual ${difference.actual}` },
        element('del', {}, difference.expected),
        ' ',
        element('ins', {}, difference.actual),
      ),
    ];
  }
}
