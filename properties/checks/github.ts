/** Checks as GitHub shows them: annotations by workflow commands, and a summary in Markdown. */
import { isAbsolute, relative, resolve } from 'node:path';
import { problemsIn } from './check.ts';
import type { CheckSuite } from './check.ts';
import { oneLine, plainText } from './plain-text.ts';

/** A line each; docs.github.com, "Workflow commands for GitHub Actions". `workspace` is where the repository lies. */
export function annotations(suite: CheckSuite, workspace: string): readonly string[] {
  return problemsIn(suite).map(({ name, verdict: { message, details, trace } }) => {
    const properties = [
      ...(trace === null ? [] : [`file=${property(pathFrom(workspace, trace))}`]),
      `title=${property(`${suite.name}: ${name}`)}`,
    ];
    return `::error ${properties.join(',')}::${text(`${message}\n${details}`.trimEnd())}`;
  });
}

/** GitHub drops a summary of more than a megabyte. */
const ROWS_MAX = 200;

export function markdownSummary(suite: CheckSuite): string {
  const problems = problemsIn(suite);
  const verdict =
    problems.length === 0 ? 'passed' : `${problems.length} of ${suite.checks.length} did not pass`;
  const rows = problems
    .slice(0, ROWS_MAX)
    .map(
      ({ name, verdict: { message, trace } }) =>
        `| ${cell(name)} | ${cell(message)} | ${cell(trace ?? '')} |`,
    );
  const left = problems.length - rows.length;
  return [
    `### ${cell(suite.name)}: ${verdict}`,
    '',
    ...Object.entries(suite.properties).map(([key, value]) => `- ${cell(key)}: ${cell(value)}`),
    ...suite.checks
      .filter(({ about }) => about !== '')
      .map(({ name, about }) => `- ${cell(name)}: ${cell(about)}`),
    ...(rows.length === 0 ? [] : ['', '| check | what is wrong | trace |', '| --- | --- | --- |', ...rows]),
    ...(left === 0 ? [] : ['', `${left} more are not shown.`]),
    '',
  ].join('\n');
}

/** GitHub finds a file by its path in the repository; any other is given as it is. */
function pathFrom(workspace: string, path: string): string {
  const inside = relative(workspace, resolve(path));
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

function text(value: string): string {
  return plainText(value).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const CELL_CHARACTERS_MAX = 1000;

/** Text from a system under test must not become markup. */
function cell(value: string): string {
  return oneLine(value)
    .slice(0, CELL_CHARACTERS_MAX)
    .replaceAll(/[\\`*_~[\]|#]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}
