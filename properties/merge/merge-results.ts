/** Puts the results of shards together, if they are parts of the same job. Throws a `UsageError` that names a file. */
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../jobs/usage-error.ts';
import { mergeFlights } from './merge-flights.ts';
import { mergeExplore, mergeMutants, mergeTour } from './merge-jobs.ts';
import { mergeVerify } from './merge-verify.ts';
import type { ResultFile } from '../results/result-file.ts';
import type { Result, ResultHead } from '../results/result-schema.ts';

export interface MergeOptions {
  /** Shards may be missing. */
  readonly isPartial: boolean;
}

export function mergeResults(files: readonly ResultFile[], { isPartial }: MergeOptions): Result {
  const [first] = files;
  if (first === undefined) throw new UsageError('there is nothing to merge: name the result files');
  for (const file of files) requireSameJob(first, file);
  const done = shardsOf(files);
  const { count } = first.result.shards;
  const missing = Array.from({ length: count }, (_, place) => place + 1).filter(
    (index) => !done.includes(index),
  );
  if (missing.length > 0 && !isPartial) {
    throw new UsageError(
      `of the ${count} shards that ${first.path} belongs to ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: name those files as well, or use --partial`,
    );
  }
  // Merged to a whole it is the same as if it had never been split.
  const shards = missing.length === 0 ? { count: 1, done: [1] } : { count, done };
  return mergeOf(
    files.map(({ result }) => result),
    shards,
  );
}

function mergeOf(results: readonly Result[], shards: ResultHead['shards']): Result {
  const [first] = results;
  if (first === undefined) throw new Error('nothing to merge');
  const head = mergedHead(results, first, shards);
  switch (first.command) {
    case 'verify':
      return mergeVerify(
        head,
        results.filter((result) => result.command === 'verify'),
      );
    case 'verify --in-flight':
      return mergeFlights(
        head,
        results.filter((result) => result.command === 'verify --in-flight'),
      );
    case 'explore':
      return mergeExplore(
        head,
        results.filter((result) => result.command === 'explore'),
      );
    case 'tour':
      return mergeTour(
        head,
        results.filter((result) => result.command === 'tour'),
      );
    case 'mutants':
      return mergeMutants(
        head,
        results.filter((result) => result.command === 'mutants'),
      );
  }
}

function mergedHead(
  results: readonly Result[],
  { format, version, repeat, versions, system, comparison }: Result,
  shards: ResultHead['shards'],
): ResultHead {
  const all = (texts: readonly string[]): string => [...new Set(texts)].toSorted().join(', ');
  return {
    format,
    version,
    repeat,
    versions: {
      colocheck: versions.colocheck,
      node: all(results.flatMap((result) => result.versions.node.split(', '))),
      platform: all(results.flatMap((result) => result.versions.platform.split(', '))),
    },
    system,
    comparison,
    shards,
  };
}

function requireSameJob(first: ResultFile, other: ResultFile): void {
  const wanted = traitsOf(first.result);
  const given = traitsOf(other.result);
  const name = [...wanted.keys(), ...given.keys()].find(
    (trait) => !isDeepStrictEqual(wanted.get(trait), given.get(trait)),
  );
  if (name === undefined) return;
  throw new UsageError(
    `${other.path} is no part of the same job as ${first.path}: ${name} is ${JSON.stringify(given.get(name))} there and ${JSON.stringify(wanted.get(name))} here`,
  );
}

/** All that the parts of one job have in common. */
function traitsOf({ command, versions, system, comparison, shards, options }: Result): Map<string, unknown> {
  return new Map<string, unknown>([
    ['command', command],
    ['the version of colocheck', versions.colocheck],
    ['system', system.name],
    ['--system', system.option],
    ['comparison', comparison],
    ['the number of shards', shards.count],
    ...Object.entries(options),
  ]);
}

/** Every shard that is there, in order. */
function shardsOf(files: readonly ResultFile[]): number[] {
  const holders = new Map<number, string>();
  for (const { path, result } of files) {
    for (const index of result.shards.done) {
      const holder = holders.get(index);
      if (holder !== undefined) {
        throw new UsageError(
          `${path} holds shard ${index} of ${result.shards.count}, and so does ${holder}: name each once`,
        );
      }
      holders.set(index, path);
    }
  }
  return [...holders.keys()].toSorted((left, right) => left - right);
}
