/** Checks as GitHub shows them: annotations by workflow commands, and a summary in Markdown. */
import { failuresOf } from './check.ts';
import type { CheckSuite } from './check.ts';

/** A line each; docs.github.com, "Workflow commands for GitHub Actions". */
export function annotations(suite: CheckSuite): readonly string[] {
  return failuresOf(suite).map(({ name, failure: { message, details, trace } }) => {
    const properties = [
      ...(trace === null ? [] : [`file=${property(trace)}`]),
      `title=${property(`${suite.name}: ${name}`)}`,
    ];
    return `::error ${properties.join(',')}::${text(`${message}\n${details}`)}`;
  });
}

export function markdownSummary(suite: CheckSuite): string {
  const failures = failuresOf(suite);
  const verdict = failures.length === 0 ? 'passed' : `${failures.length} of ${suite.checks.length} failed`;
  const rows = failures.map(
    ({ name, failure: { message, trace } }) => `| ${cell(name)} | ${cell(message)} | ${cell(trace ?? '')} |`,
  );
  const table =
    rows.length === 0 ? [] : ['', '| check | what differs | trace |', '| --- | --- | --- |', ...rows];
  const passed = suite.checks.filter(({ failure }) => failure === null);
  return [
    `### ${cell(suite.name)}: ${verdict}`,
    '',
    ...passed.map(({ name }) => `- ${cell(name)}`),
    ...table,
    '',
  ].join('\n');
}

function text(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function cell(value: string): string {
  return value.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}
