/** A log with nothing wrong in it, for tests that break one thing, and the verdict on a log. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { TraceError } from '../format/trace-error.ts';
import { judgeLogs } from './judge-command.ts';

export const head = { format: 'colocheck-log', version: 1, control: 'driver', commit: 'stepped' } as const;
export const setup = { setup: { nodes: [fourClusters] } };
export const ok = { answer: { kind: 'ok' } };
export const open = [{ operation: { op: 'open' } }, ok];
export const read = { operation: { op: 'guestRead', sector: 0, count: 2 } };
export const data = (...tags: number[]) => ({ answer: { kind: 'data', tags } });

const start = [{ operation: { op: 'start', mode: 'secondary' } }, ok];
const write = { operation: { op: 'primaryWrite', sector: 0, count: 1, tag: 2 } };
export const sound = [head, setup, ...open, ...start, write, ok, read, data(1, 1)];

export function logOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export interface Verdict {
  /** Null where a file is no log. */
  readonly agreed: boolean | 'incomplete' | null;
  readonly error: string;
  readonly printed: readonly string[];
}

/** Logs in a folder, which is left out of what is printed. */
export class LogFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  save(text: string | readonly object[], name = 'a.log'): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof text === 'string' ? text : logOf(text));
    return path;
  }

  async judge(paths: readonly string[], comparison: ComparisonMode | null = null): Promise<Verdict> {
    const printed: string[] = [];
    const named = (text: string): string => text.replaceAll(`${this.folder}/`, '');
    try {
      const agreed = await judgeLogs(paths, { comparison, json: false }, (text) => printed.push(named(text)));
      return { agreed, error: '', printed };
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      return { agreed: null, error: named(error.message), printed };
    }
  }

  judgeText(text: string | readonly object[], comparison: ComparisonMode | null = null): Promise<Verdict> {
    return this.judge([this.save(text)], comparison);
  }
}
