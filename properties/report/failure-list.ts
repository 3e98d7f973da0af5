/** The failures of a job in a page, each with its trace and its picture. */
import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Result } from '../results/result-schema.ts';
import { commandWords } from '../jobs/command-words.ts';
import { shellWord } from '../jobs/shell-word.ts';
import { escaped } from './markup.ts';

export interface ListedFailure {
  readonly sentence: string;
  readonly signature: string;
  readonly operations: number;
  readonly trace: string;
  readonly caseIndex?: number | null;
  readonly originalOperations?: number;
}

/** Links lead from where the page lies to what is there now. */
export function failureList(failures: readonly ListedFailure[], { system }: Result, page: string): string {
  if (failures.length === 0) return '<p>None.</p>';
  return failures.map((failure) => listed(failure, system.option, page)).join('\n');
}

function listed(failure: ListedFailure, system: string, page: string): string {
  const { sentence, signature, operations, trace, caseIndex, originalOperations } = failure;
  const origin = [
    ...(caseIndex === undefined ? [] : [caseIndex === null ? 'recorded trace' : `case ${caseIndex}`]),
    originalOperations === undefined
      ? `${operations} operations`
      : `${originalOperations} operations shrunk to ${operations}`,
  ].join(', ');
  const picture = trace.replace(/\.json$/, '.html');
  const seen = picture !== trace && existsSync(picture) ? ` · ${link(picture, page, 'as a picture')}` : '';
  const file = existsSync(trace) ? link(trace, page, trace) : `${escaped(trace)} (not here)`;
  const replay = commandWords('replay', [shellWord(trace), '--system', shellWord(system)]);
  return `<div class="failure"><b>${escaped(sentence)}</b>
<p><code>${escaped(signature)}</code> <small>${origin}</small></p>
<p>trace: ${file}${seen}</p>
<pre>${escaped(replay)}</pre></div>`;
}

function link(path: string, page: string, text: string): string {
  const way = relative(dirname(page), path).split('/').map(encodeURIComponent).join('/');
  return `<a href="${way}">${escaped(text)}</a>`;
}
