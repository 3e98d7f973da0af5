/** Options of the command line for jobs that are split, and for what they leave behind. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { requireWritableChecks, tellChecks, withJunit } from './cli-checks.ts';
import type { CheckFlags } from './cli-checks.ts';
import { checksOf } from './properties/checks/result-checks.ts';
import { parseShard, shardForm, wholeJob } from './properties/shard.ts';
import type { Shard } from './properties/shard.ts';
import { repeatCommand } from './properties/results/repeat-command.ts';
import { requireWritableFile, writeResult, writeWhole } from './properties/results/result-file.ts';
import { isSound } from './properties/results/result-summary.ts';
import { reportPage } from './properties/report/report-page.ts';
import type { Result } from './properties/results/result-schema.ts';

export interface ResultFlags extends CheckFlags {
  shard?: Shard;
  results?: string;
  report?: string;
}

export function withShards(command: Command, pieces: string): Command {
  return withJunit(command)
    .option('--shard <i/n>', `do one part of n: ${pieces}; npm run merge puts them together`, shardNamed)
    .option('--results <file>', 'write the result for npm run merge (JSON)');
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
  return command.option('--report <file>', 'write the result as a page for people (HTML)');
}

export function requireWritableResults(flags: ResultFlags): void {
  const { results, report } = flags;
  requireWritableChecks(flags);
  if (results !== undefined) requireWritableFile(results);
  if (report !== undefined) requireWritableFile(report);
}

export function writeResults(
  flags: ResultFlags,
  result: Result,
  sound = isSound(result, { requiresCoverage: false }),
): void {
  const { results, report } = flags;
  tellChecks(flags, checksOf(result));
  if (results !== undefined) writeResult(results, result);
  if (report !== undefined) writeWhole(report, reportPage(result, sound, report));
}
