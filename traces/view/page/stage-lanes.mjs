/** The whole run at a glance: a lane a node, higher the further its stage; the first difference and the chosen step. */
/** @import { ViewData } from '../view-data.ts' */
import { byId, element } from './elements.mjs';

const heights = {
  closed: 12,
  none: 30,
  running: 58,
  failover: 76,
  done: 100,
  failoverFailed: 88,
  aborted: 6,
};
/** A run of a stage narrower than this share of the lane has no room for its name. */
const NAMED_SHARE = 0.07;

export class StageLanes {
  #cursor = element('div', { class: 'cursor' });
  #steps;

  /**
   * @param {ViewData} data
   * @param {readonly Int32Array[]} situations
   * @param {(step: number) => void} choose
   */
  constructor(data, situations, choose) {
    this.#steps = data.steps.length;
    const lanes = byId('lanes');
    const rows = situations.map((of, node) => this.#lane(data, of, node));
    lanes.replaceChildren(...rows, this.#cursor);
    if (data.difference !== null) {
      const mark = element(
        'div',
        { class: 'difference-mark', title: `first difference: step ${data.difference.step}` },
        '≠',
      );
      mark.style.left = this.#left(data.difference.step + 0.5);
      lanes.append(mark);
    }
    lanes.addEventListener('click', ({ clientX }) => {
      const { left, width } = lanes.getBoundingClientRect();
      choose(Math.floor(((clientX - left) / width) * (this.#steps + 1)));
    });
  }

  /** @param {number} step */
  show(step) {
    this.#cursor.style.left = this.#left(step);
    this.#cursor.style.width = `max(2px, ${100 / (this.#steps + 1)}%)`;
  }

  /** @param {number} step */
  #left(step) {
    return `${(100 * step) / (this.#steps + 1)}%`;
  }

  /**
   * @param {ViewData} data
   * @param {Int32Array} of
   * @param {number} node
   */
  #lane(data, of, node) {
    const runs = stageRuns(data, of);
    const label = runs.slice(0, 40).map(({ stage, from, to }) => `${stage} ${from} to ${to}`);
    const several = data.nodes.length > 1;
    const lane = element('div', {
      class: 'overview',
      role: 'img',
      'aria-label': `stages of node ${node} by step: ${label.join(', ')}`,
    });
    for (const { stage, from, to } of runs) {
      const share = (to - from + 1) / of.length;
      const bar = element('div', { class: `bar stage-${stage}`, title: `${stage}: steps ${from} to ${to}` });
      bar.style.left = this.#left(from);
      bar.style.width = `${100 * share}%`;
      bar.style.setProperty('--height', String(heights[stage]));
      lane.append(bar);
      if (share < NAMED_SHARE) continue;
      const name = element('span', { class: 'stage-name' }, stage);
      name.style.left = bar.style.left;
      name.style.maxWidth = bar.style.width;
      lane.append(name);
    }
    if (several) lane.append(element('span', { class: 'node-name' }, `node ${node}`));
    return lane;
  }
}

/**
 * @param {ViewData} data
 * @param {Int32Array} of
 */
function stageRuns(data, of) {
  /** @type {{ stage: keyof typeof heights, from: number, to: number }[]} */
  const runs = [];
  for (const [step, situation] of of.entries()) {
    const stage = data.situations[situation]?.stage ?? 'closed';
    const last = runs.at(-1);
    if (last !== undefined && last.stage === stage) last.to = step;
    else runs.push({ stage, from: step, to: step });
  }
  return runs;
}
