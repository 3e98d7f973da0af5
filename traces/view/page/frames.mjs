/** The content of every row, and the situation of every node, after any step: from the keyframe before it on. */
/** @import { Runs, StepData, ViewData } from '../view-data.ts' */

export const ROWS_A_NODE = 4;

/**
 * `rows[row][sector]` is the number of a content; `situations[node]` that of a situation.
 * @typedef {{ rows: Int32Array[], situations: readonly number[] }} Frame
 */

/**
 * @param {ViewData} data
 * @param {number} step 0 for the state before the first step
 * @returns {Frame}
 */
export function frameAt(data, step) {
  const number = Math.floor(step / data.keyframeEvery);
  const keyframe = data.keyframes[number];
  const rows = data.nodes.flatMap(({ lengthSectors }) =>
    Array.from({ length: ROWS_A_NODE }, () => new Int32Array(lengthSectors)),
  );
  let situations = keyframe?.situations ?? [];
  applyRuns(rows, keyframe?.cells ?? []);
  for (let index = number * data.keyframeEvery; index < step; index++) {
    const taken = data.steps[index];
    applyRuns(rows, taken?.cells ?? []);
    situations = taken?.situations ?? situations;
  }
  return { rows, situations };
}

/**
 * The state after a step, made of the state before it, which stays as it is.
 * @param {ViewData} data
 * @param {Frame} before
 * @param {number} step
 * @returns {Frame}
 */
export function frameAfter(data, before, step) {
  const taken = data.steps[step - 1];
  const rows = before.rows.map((row) => row.slice());
  applyRuns(rows, taken?.cells ?? []);
  return { rows, situations: taken?.situations ?? before.situations };
}

/**
 * @param {Int32Array[]} rows
 * @param {Runs} runs
 */
export function applyRuns(rows, runs) {
  for (let at = 0; at < runs.length; at += 4) {
    const sector = runs[at + 1] ?? 0;
    rows[runs[at] ?? 0]?.fill(runs[at + 3] ?? 0, sector, sector + (runs[at + 2] ?? 0));
  }
}

/**
 * @param {Runs} runs
 * @returns {{ row: number, sector: number, count: number, content: number }[]}
 */
export function eachRun(runs) {
  return chunks(runs, 4).map(([row = 0, sector = 0, count = 0, content = 0]) => ({
    row,
    sector,
    count,
    content,
  }));
}

/**
 * @param {StepData | undefined} step
 * @returns {{ node: number, kind: number, from: number, to: number, sector: number, count: number }[]}
 */
export function eachMovement(step) {
  return chunks(step?.movements ?? [], 6).map(
    ([node = 0, kind = 0, from = 0, to = 0, sector = 0, count = 0]) => ({
      node,
      kind,
      from,
      to,
      sector,
      count,
    }),
  );
}

/**
 * Whether the model moves this in the step that differs and the system shows not to have: the row that it goes to is not
 * as the model says in a sector of it.
 * @param {ViewData} data
 * @param {number} step
 * @param {{ node: number, to: number }} movement
 * @param {number} first
 * @param {number} count
 */
export function isMissing({ difference }, step, { node, to }, first, count) {
  if (difference === null || difference.step !== step) return false;
  return eachRun(difference.cells).some(
    ({ row, sector, count: wrong }) =>
      row === node * ROWS_A_NODE + to && sector < first + count && first < sector + wrong,
  );
}

/**
 * The situation of each node after each step: `[node][step]`.
 * @param {ViewData} data
 * @returns {Int32Array[]}
 */
export function situationsByStep(data) {
  const all = data.nodes.map(() => new Int32Array(data.steps.length + 1));
  let now = data.keyframes[0]?.situations ?? [];
  for (let step = 0; step <= data.steps.length; step++) {
    if (step > 0) now = data.steps[step - 1]?.situations ?? now;
    for (const [node, situations] of all.entries()) situations[step] = now[node] ?? 0;
  }
  return all;
}

/**
 * @param {readonly number[]} numbers
 * @param {number} size
 * @returns {number[][]}
 */
function chunks(numbers, size) {
  const found = [];
  for (let index = 0; index < numbers.length; index += size) found.push(numbers.slice(index, index + size));
  return found;
}
