/** What continuous integration is told: as XML that a parser reads back, and as GitHub's lines and tables. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { CheckSuite } from './check.ts';
import { annotations, markdownSummary } from './github.ts';
import { junitXml } from './junit.ts';

const suite: CheckSuite = {
  name: 'verify exec:./a "b"',
  checks: [
    { name: '100 cases', seconds: 1.23456, failure: null },
    {
      name: 'observation-open, 50 %: <view>',
      seconds: 0,
      failure: {
        message: 'view at sector 0 is 1 & not 2',
        details: 'line one\nline \u0007two | 100 %',
        trace: 'traces/failures/a,b.json',
      },
    },
  ],
};

describe('JUnit XML', () => {
  test('counts tests and failures, and names file, message and details', () => {
    const xml = junitXml(suite);
    expect(XMLValidator.validate(xml)).toBe(true);
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const { testsuites } = parser.parse(xml);
    const counts = { tests: '2', failures: '1', errors: '0', skipped: '0', time: '1.235' };
    expect(testsuites).toMatchObject({ ...counts, testsuite: { name: suite.name, ...counts } });
    expect(testsuites.testsuite.testcase).toEqual([
      { name: '100 cases', classname: 'colocheck.verify_exec_a_b_', time: '1.235' },
      {
        name: 'observation-open, 50 %: <view>',
        classname: 'colocheck.verify_exec_a_b_',
        time: '0.000',
        file: 'traces/failures/a,b.json',
        failure: {
          message: 'view at sector 0 is 1 & not 2',
          type: 'divergence',
          '#text': 'line one\nline \uFFFDtwo | 100 %',
        },
      },
    ]);
  });
});

describe('GitHub', () => {
  test('gets an annotation for each failure, with everything escaped that ends a part of it', () => {
    expect(annotations(suite)).toEqual([
      '::error file=traces/failures/a%2Cb.json,title=verify exec%3A./a "b"%3A observation-open%2C 50 %25%3A <view>::view at sector 0 is 1 & not 2%0Aline one%0Aline \u0007two | 100 %25',
    ]);
  });

  test('gets a summary with a table of what failed', () => {
    expect(markdownSummary(suite)).toBe(
      [
        '### verify exec:./a "b": 1 of 2 failed',
        '',
        '- 100 cases',
        '',
        '| check | what differs | trace |',
        '| --- | --- | --- |',
        '| observation-open, 50 %: &lt;view> | view at sector 0 is 1 & not 2 | traces/failures/a,b.json |',
        '',
      ].join('\n'),
    );
    const sound = { name: 'replay', checks: suite.checks.slice(0, 1) };
    expect(markdownSummary(sound)).toBe('### replay: passed\n\n- 100 cases\n');
    expect(annotations(sound)).toEqual([]);
  });
});
