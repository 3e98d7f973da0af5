/**
 * What a job found, so that it ends with one failure on one screen: how many findings of how many causes, a line for each
 * other cause, and last the report of the shortest, with its trace and replay and nothing after it.
 */
import { shellWord } from '../jobs/shell-word.ts';
import { byCause } from '../comparison/cause.ts';
import type { CauseGroup } from '../comparison/cause.ts';

export interface FoundInBrief {
  readonly signature: string;
  readonly sentence: string;
  readonly operations: number;
  readonly trace: string;
  readonly cause: string;
}

/** Other causes are shown up to so many. */
const CAUSES_MAX = 4;

/** `reports` are one-screen reports by the path of their trace; `head` is a line on the whole. Empty where nothing was found. */
export function findingsLines(
  findings: readonly FoundInBrief[],
  reports: ReadonlyMap<string, string>,
  option: string,
  head: string,
): string[] {
  const [first, ...others] = byCause(findings);
  if (first === undefined) return [];
  return [
    `${head}${others.length === 0 ? '' : '; beside the one below:'}`,
    ...others.slice(0, CAUSES_MAX).flatMap(otherLines),
    ...(others.length > CAUSES_MAX ? [`  and ${counted(others.length - CAUSES_MAX, 'cause')} more`] : []),
    ...(first.others.length === 0 ? [] : [sameLine(first)]),
    '',
    reports.get(first.shown.trace) ?? briefReport(first.shown, option),
  ];
}

/** `5 findings of 2 causes` */
export function foundText(findings: readonly FoundInBrief[]): string {
  return `${counted(findings.length, 'finding')} of ${counted(byCause(findings).length, 'cause')}`;
}

export function replayText(trace: string, option: string): string {
  return `replay: npm run replay -- ${shellWord(trace)} --system ${shellWord(option)}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function otherLines({ shown, others }: CauseGroup<FoundInBrief>): string[] {
  const beside = others.length === 0 ? '' : ` (and ${counted(others.length, 'finding')} more)`;
  return [`  ${shown.sentence}${beside}`, `    ${counted(shown.operations, 'operation')}: ${shown.trace}`];
}

function sameLine({ others }: CauseGroup<FoundInBrief>): string {
  return `the one below stands for ${counted(others.length, 'finding')} more: ${others.map(({ signature }) => signature).join(', ')}`;
}

function briefReport({ sentence, operations, trace }: FoundInBrief, option: string): string {
  return [sentence, counted(operations, 'operation'), `trace:  ${trace}`, replayText(trace, option)].join(
    '\n',
  );
}
