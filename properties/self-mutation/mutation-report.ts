/** What mutation testing of this project itself says: how many mutants were noticed, and which were not. */
import { z } from 'zod';

const place = z.object({ line: z.number(), column: z.number() });

/** The part of the mutation testing report (stryker-mutator.io/docs/General/mutation-report) that is looked at. */
export const mutationReport = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          status: z.string(),
          replacement: z.string().optional(),
          location: z.object({ start: place, end: place }),
        }),
      ),
    }),
  ),
});
export type MutationReport = z.infer<typeof mutationReport>;

export interface MutationScore {
  readonly noticed: number;
  readonly all: number;
  /** Each identified by its file, the code that was replaced and what by, so that it keeps its name when lines move. */
  readonly survivors: readonly string[];
}

const noticed = new Set(['Killed', 'Timeout']);
const unnoticed = new Set(['Survived', 'NoCoverage']);

export function scoreOf({ files }: MutationReport): MutationScore {
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants.map(({ status, replacement, location }) => ({
      status,
      name: `${file}: ${codeAt(lines, location)} -> ${(replacement ?? '').replaceAll(/\s+/g, ' ')}`,
    }));
  });
  const survivors = all.filter(({ status }) => unnoticed.has(status)).map(({ name }) => name);
  const count = all.filter(({ status }) => noticed.has(status)).length;
  return { noticed: count, all: count + survivors.length, survivors: survivors.toSorted(byText) };
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

type Location = MutationReport['files'][string]['mutants'][number]['location'];

/** The whole first line of the code, with what is replaced of it in angle brackets. */
function codeAt(lines: readonly string[], { start, end }: Location): string {
  const line = lines[start.line - 1] ?? '';
  const from = start.column - 1;
  const to = end.line === start.line ? end.column - 1 : line.length;
  return `${line.slice(0, from).trimStart()}«${line.slice(from, to)}»${line.slice(to).trimEnd()}`;
}
