/**
 * Checks as JUnit XML, which continuous integration servers read. Two schemas are in use, that of Ant's reports and that
 * of Jenkins; only what both allow is written, and all that either demands.
 */
import { XMLBuilder } from 'fast-xml-parser';
import type { Check, CheckSuite } from './check.ts';
import { oneLine, plainText } from './plain-text.ts';

export interface RunPlace {
  /** When, as 2026-11-24T03:00:00 in universal time; the schema has no place for a zone. */
  readonly timestamp: string;
  readonly hostname: string;
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
});

export function junitXml(
  { name, properties, checks }: CheckSuite,
  { timestamp, hostname }: RunPlace,
): string {
  const count = (kind: Check['verdict']['kind']): number =>
    checks.filter(({ verdict }) => verdict.kind === kind).length;
  const classname = `colocheck.${oneLine(name).replaceAll(/[^\w-]+/g, '_')}`;
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      testsuite: {
        '@id': 0,
        '@name': oneLine(name),
        '@package': 'colocheck',
        '@hostname': hostname,
        '@timestamp': timestamp,
        '@tests': checks.length,
        '@failures': count('failed'),
        '@errors': count('error'),
        '@skipped': count('skipped'),
        '@time': time(checks.reduce((sum, { seconds }) => sum + seconds, 0)),
        properties: {
          property: Object.entries(properties).map(([key, value]) => ({
            '@name': key,
            '@value': oneLine(value),
          })),
        },
        testcase: checks.map((check) => testCase(classname, check)),
        'system-out': checks
          .filter(({ about }) => about !== '')
          .map((check) => `${plainText(check.name)}: ${plainText(check.about)}`)
          .join('\n'),
        'system-err': '',
      },
    },
  });
}

function testCase(classname: string, { name, seconds, verdict }: Check) {
  const head = { '@name': oneLine(name), '@classname': classname, '@time': time(seconds) };
  switch (verdict.kind) {
    case 'passed':
      return head;
    case 'skipped':
      return { ...head, skipped: { '@message': oneLine(verdict.reason) } };
    case 'failed':
      return { ...head, failure: { '@type': 'failure', ...told(verdict) } };
    case 'error':
      return { ...head, error: { '@type': 'error', ...told(verdict) } };
  }
}

function told({ message, details }: { readonly message: string; readonly details: string }) {
  return { '@message': oneLine(message), '#text': plainText(details) };
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}
