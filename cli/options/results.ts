/** Options for shards and result files. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { tellChecks, withJunit } from './checks.ts';
import { noteDivergence } from './interruption.ts';
import { checksOf } from '../../properties/checks/result-checks.ts';
import { helpGroups } from './options.ts';
import { parseShard, shardForm, wholeJob } from '../../properties/jobs/shard.ts';
import type { Shard } from '../../properties/jobs/shard.ts';
import { repeatCommand } from '../../properties/results/repeat-command.ts';
import { requireWritableFile, writeResult, writeWhole } from '../../properties/results/result-file.ts';
import { isSound } from '../../properties/report/result-summary.ts';
import { reportPage } from '../../properties/report/report-page.ts';
import type { Result } from '../../properties/results/result-schema.ts';

export interface ResultFlags {
  requireCoverage?: true;
  shard?: Shard;
  results?: string;
  report?: string;
}

export function withShards(command: Command, pieces: string): Command {
  return withJunit(command)
    .addOption(
      new Option('--shard <i/n>', `one part of n: ${pieces}`)
        .argParser(shardNamed)
        .helpGroup(helpGroups.results),
    )
    .addOption(
      new Option('--results <file>', 'the result for npm run merge (JSON)').helpGroup(helpGroups.results),
    );
}

function shardNamed(text: string): Shard {
  const shard = parseShard(text);
  if (shard === null) throw new InvalidArgumentError(`It ${shardForm}.`);
  return shard;
}

export function shardOf({ shard }: ResultFlags): Shard {
  return shard ?? wholeJob;
}

/** What was typed after the command. */
export function repeatOf(command: string, seed?: number): string {
  return repeatCommand(command, process.argv.slice(process.argv.indexOf(command) + 1), seed);
}

export function withReport(command: Command): Command {
  return command.addOption(
    new Option('--report <file>', 'the result as a page for people (HTML)').helpGroup(helpGroups.results),
  );
}

export function requireWritableResults({ results, report }: ResultFlags): void {
  if (results !== undefined) requireWritableFile(results);
  if (report !== undefined) requireWritableFile(report);
}

/** One-screen reports of failures, by the path of their trace. */
const reports = new Map<string, string>();

/** Keeps the report of a failure for the results that mention it. */
export function noted<Failure extends { readonly path: string; readonly text: string }>(
  failure: Failure,
): Failure {
  noteDivergence();
  reports.set(failure.path, failure.text);
  return failure;
}

export function writeResults(flags: ResultFlags, result: Result): void {
  const { results, report } = flags;
  const requiresCoverage = flags.requireCoverage === true;
  try {
    if (results !== undefined) writeResult(results, result);
    if (report !== undefined)
      writeWhole(report, reportPage(result, isSound(result, { requiresCoverage }), report));
  } finally {
    tellChecks(checksOf(result, { requiresCoverage, reports }));
  }
}
