/** Tells continuous integration what was checked: a JUnit file where one is asked for, and GitHub when running there. */
import { appendFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { CheckSuite } from './properties/checks/check.ts';
import { annotations, markdownSummary } from './properties/checks/github.ts';
import { junitXml } from './properties/checks/junit.ts';
import { requireWritableFile, writeWhole } from './properties/results/result-file.ts';
import { UsageError } from './properties/usage-error.ts';

export interface CheckFlags {
  junit?: string;
}

export function withJunit(command: Command): Command {
  return command.option('--junit <file>', 'write what was checked as JUnit XML');
}

/** A run that ends in the middle leaves a file that says so, and not that of the run before. */
export function requireWritableChecks({ junit }: CheckFlags): void {
  if (junit === undefined) return;
  requireWritableFile(junit);
  writeWhole(junit, junitXml(unended));
}

const unended: CheckSuite = {
  name: 'colocheck',
  checks: [
    {
      name: 'the run',
      seconds: 0,
      failure: { message: 'it has not come to its end', details: 'Its output says why.', trace: null },
    },
  ],
};

export function tellChecks({ junit }: CheckFlags, suite: CheckSuite): void {
  if (junit !== undefined) writeWhole(junit, junitXml(suite));
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  // The runner reads both streams, and JSON on the other one stays whole.
  for (const line of annotations(suite)) process.stderr.write(`${line}\n`);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary === undefined || summary === '') return;
  try {
    appendFileSync(summary, `${markdownSummary(suite)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`cannot write GITHUB_STEP_SUMMARY, ${summary}: ${reason}`);
  }
}
