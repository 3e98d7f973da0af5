/** Reports to continuous integration what was checked: a JUnit file where one is asked for, and GitHub when running there. */
import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { brokenRun } from '../../properties/checks/check.ts';
import type { CheckSuite } from '../../properties/checks/check.ts';
import { annotations, markdownSummary } from '../../properties/checks/github.ts';
import { junitXml } from '../../properties/checks/junit.ts';
import { helpGroups } from './options.ts';
import { requireWritableFile, writeWhole } from '../../properties/results/result-file.ts';

/** The command that runs, and what it has reported so far. */
interface Run {
  readonly command: string;
  readonly junit: string | null;
  readonly told: CheckSuite | null;
}

/** Null while no command runs that checks anything. */
let run: Run | null = null;

/** A command with this reports by itself where it ended in an error; `tellChecks` reports what it has checked. */
export function withJunit(command: Command): Command {
  const name = command.name();
  return command
    .addOption(
      new Option('--junit <file>', 'what was checked, as JUnit XML')
        .argParser((junit: string) => {
          run = { command: name, junit, told: null };
          return junit;
        })
        .helpGroup(helpGroups.results),
    )
    .hook('preAction', () => {
      const junit = run?.junit ?? null;
      run = { command: name, junit: null, told: null };
      if (junit === null) return;
      // One that cannot be written is complained of once.
      requireWritableFile(junit);
      run = { command: name, junit, told: null };
      // A run that is killed leaves a file that says so, and not that of the run before.
      writeJunit(junit, suiteOf(name, brokenRun('it has not come to its end', 'Its output may say why.')));
    })
    .hook('postAction', () => {
      // Some options only print a list.
      if (run?.junit != null && run.told === null) writeJunit(run.junit, suiteOf(name));
    });
}

export function tellChecks(suite: CheckSuite): void {
  const told = run?.told ?? null;
  const whole = told === null ? suite : { ...suite, checks: [...told.checks, ...suite.checks] };
  if (run !== null) run = { ...run, told: whole };
  const junit = run?.junit ?? null;
  tellGithub(suite);
  if (junit !== null) writeJunit(junit, whole);
}

/** The program ends early, for this reason; the exit code is not set here. */
export function tellError(message: string, details = message): void {
  if (run === null) return;
  const { told, command } = run;
  // What ended a campaign stands in its result already.
  if (told !== null && told.checks.some(({ verdict }) => verdict.kind === 'error')) return;
  try {
    tellChecks({ ...(told ?? suiteOf(command)), checks: [brokenRun(message, details)] });
  } catch (error) {
    complain('JUnit file', error);
  }
}

function suiteOf(command: string, ...checks: CheckSuite['checks']): CheckSuite {
  return { name: command, properties: {}, checks };
}

function writeJunit(path: string, suite: CheckSuite): void {
  const timestamp = new Date().toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  writeWhole(path, junitXml(suite, { timestamp, hostname: hostname() || 'localhost' }));
}

function tellGithub(suite: CheckSuite): void {
  if (process.env['GITHUB_ACTIONS'] === 'true') {
    // The runner reads both streams, and JSON on the other one stays whole.
    const workspace = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
    for (const line of annotations(suite, workspace)) process.stderr.write(`${line}\n`);
  }
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    appendFileSync(summary, `${markdownSummary(suite)}\n`);
  } catch (error) {
    complain('GITHUB_STEP_SUMMARY', error);
  }
}

/** What is reported beside the result must not cost it. */
function complain(what: string, error: unknown): void {
  process.stderr.write(`colocheck: ${what}: ${error instanceof Error ? error.message : String(error)}\n`);
}
