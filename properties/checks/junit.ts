/** Checks as JUnit XML, which continuous integration servers read. */
import { XMLBuilder } from 'fast-xml-parser';
import { failuresOf } from './check.ts';
import type { Check, CheckSuite } from './check.ts';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
});

export function junitXml(suite: CheckSuite): string {
  const { name, checks } = suite;
  const counts = {
    '@tests': checks.length,
    '@failures': failuresOf(suite).length,
    '@errors': 0,
    '@skipped': 0,
    '@time': time(checks.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
  const all = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      ...counts,
      testsuite: {
        '@name': printable(name),
        ...counts,
        testcase: checks.map((check) => testCase(name, check)),
      },
    },
  };
  return builder.build(all);
}

function testCase(suite: string, { name, seconds, failure }: Check) {
  const head = {
    '@name': printable(name),
    '@classname': `colocheck.${printable(suite).replaceAll(/[^\w-]+/g, '_')}`,
    '@time': time(seconds),
  };
  if (failure === null) return head;
  const { message, details, trace } = failure;
  return {
    ...head,
    ...(trace === null ? {} : { '@file': printable(trace) }),
    failure: { '@message': printable(message), '@type': 'divergence', '#text': printable(details) },
  };
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}

/** XML 1.0 has no place for other control characters, escaped or not. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what must not be in the file
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
}
