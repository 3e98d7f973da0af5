/** Which sectors share a column: each its own on a small disk, on a large one those that never differ in any step. */
/** @import { ViewData } from '../view-data.ts' */
import { eachRun, ROWS_A_NODE } from './frames.mjs';

/** @typedef {{ sector: number, count: number }} Column */

const SINGLE_SECTORS_MAX = 64;
const COLUMNS_MAX = 64;
/** Clusters in which nothing ever differs are drawn one by one only while there is plenty of room. */
const UNIT_COLUMNS_MAX = 20;

export class Columns {
  #data;
  /** @type {Set<number>[]} */
  #bounds;
  /** @type {Map<number, { first: number, last: number, columns: Column[] }>} the columns of each node that were last asked for */
  #known = new Map();

  /** @param {ViewData} data */
  constructor(data) {
    this.#data = data;
    this.#bounds = data.nodes.map(({ lengthSectors }) => new Set([0, lengthSectors]));
    for (const { cells } of data.keyframes) this.#addRuns(cells);
    for (const { cells, range } of data.steps) {
      this.#addRuns(cells ?? []);
      if (range !== undefined) this.#add(range[0], range[1], range[2]);
    }
    this.#addRuns(data.difference?.cells ?? []);
  }

  /**
   * The columns of a node within `first` to `last`; of too many those around the sector `focus`.
   * @param {number} node
   * @param {number} first
   * @param {number} last
   * @param {number} focus
   * @returns {{ columns: Column[], isCut: boolean }}
   */
  within(node, first, last, focus) {
    const columns = this.#ofRange(node, first, last);
    if (columns.length <= COLUMNS_MAX) return { columns, isCut: false };
    const at = columns.findLastIndex(({ sector }) => sector <= focus);
    const from = Math.min(Math.max(0, at - COLUMNS_MAX / 2), columns.length - COLUMNS_MAX);
    return { columns: columns.slice(from, from + COLUMNS_MAX), isCut: true };
  }

  /**
   * @param {number} node
   * @param {number} first
   * @param {number} last
   * @returns {Column[]}
   */
  #ofRange(node, first, last) {
    const known = this.#known.get(node);
    if (known?.first === first && known.last === last) return known.columns;
    const columns = this.#all(node, first, last);
    this.#known.set(node, { first, last, columns });
    return columns;
  }

  /**
   * @param {number} node
   * @param {number} first
   * @param {number} last
   * @returns {Column[]}
   */
  #all(node, first, last) {
    if (last - first < SINGLE_SECTORS_MAX) {
      return Array.from({ length: last - first + 1 }, (_, index) => ({ sector: first + index, count: 1 }));
    }
    const inside = [...(this.#bounds[node] ?? [])].filter((bound) => bound > first && bound <= last);
    const bounds = [
      ...new Set([first, ...inside, ...this.#unitBounds(node, first, last, inside.length), last + 1]),
    ];
    bounds.sort((left, right) => left - right);
    return bounds.slice(0, -1).map((sector, index) => ({ sector, count: (bounds[index + 1] ?? 0) - sector }));
  }

  /**
   * The boundaries of clusters, from the coarsest kind on, as long as there is room for them.
   * @param {number} node
   * @param {number} first
   * @param {number} last
   * @param {number} used
   * @returns {number[]}
   */
  #unitBounds(node, first, last, used) {
    const { active, hidden, secondary } = this.#data.nodes[node]?.unitSectors ?? {
      active: 1,
      hidden: 1,
      secondary: 1,
    };
    const bounds = [];
    for (const unit of new Set([active, hidden, secondary])) {
      if (used + bounds.length + (last - first) / unit > UNIT_COLUMNS_MAX) continue;
      for (let bound = Math.ceil(first / unit) * unit; bound <= last; bound += unit) bounds.push(bound);
    }
    return bounds;
  }

  /** @param {readonly number[]} runs */
  #addRuns(runs) {
    for (const { row, sector, count } of eachRun(runs))
      this.#add(Math.floor(row / ROWS_A_NODE), sector, count);
  }

  /**
   * @param {number} node
   * @param {number} sector
   * @param {number} count
   */
  #add(node, sector, count) {
    const length = this.#data.nodes[node]?.lengthSectors ?? 0;
    this.#bounds[node]?.add(Math.min(sector, length)).add(Math.min(sector + count, length));
  }
}

/**
 * `12` or `12–15`
 * @param {Column} column
 */
export function sectorsText({ sector, count }) {
  return count === 1 ? String(sector) : `${sector}–${sector + count - 1}`;
}

/**
 * The first and last sector that a text such as `8-15` or `8` names, within a disk; null where it names none.
 * @param {string} text
 * @param {number} lengthSectors
 * @returns {[first: number, last: number] | null}
 */
export function parseSectors(text, lengthSectors) {
  const named = /^\s*(\d+)\s*(?:[-–.]+\s*(\d+)\s*)?$/.exec(text);
  if (named === null) return null;
  const first = Number(named[1]);
  const last = Math.min(Number(named[2] ?? named[1]), lengthSectors - 1);
  return first <= last ? [first, last] : null;
}
