/** What continuous integration receives: as XML that a parser reads back, and as GitHub's lines and tables. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { brokenRun, passed } from './check.ts';
import type { Check, CheckSuite } from './check.ts';
import { annotations, markdownSummary } from './github.ts';
import { junitXml } from './junit.ts';

const found: Check = {
  name: 'observation-open, 50 %: <view>',
  about: '',
  seconds: 0,
  verdict: {
    kind: 'failed',
    message: '\u001B[31mview at sector 0\u001B[39m is 1 & not\n"2" ]]>',
    details: 'line one\r\nline \u0007two | 100 % ]]> \u001B[1mbold\u001B[22m',
    trace: 'traces/saved/failures/a,b.json',
  },
};

const suite: CheckSuite = {
  name: 'verify exec:./a "b"',
  properties: { comparison: 'qemu', command: 'npm run verify -- --system "exec:<x>"' },
  checks: [
    { name: 'campaign', about: '100 cases & more', seconds: 1.23456, verdict: passed },
    found,
    brokenRun('no QEMU: install it', 'no QEMU: install it'),
    { name: 'shard 2 of 2', about: '', seconds: 0, verdict: { kind: 'skipped', reason: 'not given' } },
  ],
};

const place = { timestamp: '2026-11-24T03:00:00', hostname: 'here' };

describe('JUnit XML', () => {
  const xml = junitXml(suite, place);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', parseTagValue: false });
  const { testsuites } = parser.parse(xml);

  test('is well formed, and has what the schemas of Ant and Jenkins demand, and nothing that one forbids', () => {
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(Object.keys(testsuites)).toEqual(['testsuite']);
    const { testcase: _testcase, ...head } = testsuites.testsuite;
    expect(head).toEqual({
      id: '0',
      name: 'verify exec:./a "b"',
      package: 'colocheck',
      ...place,
      tests: '4',
      failures: '1',
      errors: '1',
      skipped: '1',
      time: '1.235',
      properties: {
        property: [
          { name: 'comparison', value: 'qemu' },
          { name: 'command', value: 'npm run verify -- --system "exec:<x>"' },
        ],
      },
      'system-out': 'campaign: 100 cases & more',
      'system-err': '',
    });
  });

  test('reports what failed, what could not be checked and what was left out', () => {
    const head = { classname: 'colocheck.verify_exec_a_b_', time: '0.000' };
    expect(testsuites.testsuite.testcase).toEqual([
      { ...head, name: 'campaign', time: '1.235' },
      {
        ...head,
        name: found.name,
        failure: {
          type: 'failure',
          message: 'view at sector 0 is 1 & not "2" ]]>',
          '#text': 'line one\nline \uFFFDtwo | 100 % ]]> bold',
        },
      },
      {
        ...head,
        name: 'the run',
        error: { type: 'error', message: 'no QEMU: install it', '#text': 'no QEMU: install it' },
      },
      { ...head, name: 'shard 2 of 2', skipped: { message: 'not given' } },
    ]);
  });

  test('keeps its parts in the order of the schema, of one test as of many or none', () => {
    for (const checks of [suite.checks, [found], []]) {
      const parts = [
        ...junitXml({ ...suite, checks }, place).matchAll(/^ {4}<(properties|testcase|system-\w+)/gm),
      ].map(([, part]) => part);
      expect(parts).toEqual(['properties', ...checks.map(() => 'testcase'), 'system-out', 'system-err']);
    }
  });
});

describe('GitHub', () => {
  test('gets an annotation for each failure, with everything escaped that ends a part of it', () => {
    expect(annotations(suite, process.cwd())).toEqual([
      '::error file=traces/saved/failures/a%2Cb.json,title=verify exec%3A./a "b"%3A observation-open%2C 50 %25%3A <view>::view at sector 0 is 1 & not%0A"2" ]]>%0Aline one%0Aline \uFFFDtwo | 100 %25 ]]> bold',
      '::error title=verify exec%3A./a "b"%3A the run::no QEMU: install it%0Ano QEMU: install it',
    ]);
  });

  test.each([
    ['/repository', '/repository/traces/a.json', 'traces/a.json'],
    ['/repository', '/elsewhere/a.json', '/elsewhere/a.json'],
  ])('is given files of %s by their path in it: %s', (workspace, trace, file) => {
    const verdict = { kind: 'failed', message: 'm', details: '', trace } as const;
    const [line] = annotations({ ...suite, checks: [{ ...found, verdict }] }, workspace);
    expect(line).toContain(`file=${file},`);
  });

  test('gets a summary with a table of what failed, and no markup from elsewhere', () => {
    expect(markdownSummary(suite)).toBe(
      [
        '### verify exec:./a "b": 2 of 4 did not pass',
        '',
        '- comparison: qemu',
        '- command: npm run verify -- --system "exec:&lt;x>"',
        '- campaign: 100 cases &amp; more',
        '',
        '| check | what is wrong | trace |',
        '| --- | --- | --- |',
        '| observation-open, 50 %: &lt;view> | view at sector 0 is 1 &amp; not "2" \\]\\]> | traces/saved/failures/a,b.json |',
        '| the run | no QEMU: install it |  |',
        '',
      ].join('\n'),
    );
    const sound = { ...suite, name: 'replay *impl*', properties: {}, checks: suite.checks.slice(0, 1) };
    expect(markdownSummary(sound)).toBe(
      '### replay \\*impl\\*: passed\n\n- campaign: 100 cases &amp; more\n',
    );
    expect(annotations(sound, '/')).toEqual([]);
  });

  test('gets no more of a summary than it shows', () => {
    const verdict = { kind: 'failed', message: 'm'.repeat(1e5), details: '', trace: null } as const;
    const checks = Array.from({ length: 1000 }, () => ({ ...found, verdict }));
    const text = markdownSummary({ ...suite, checks });
    expect(text.length).toBeLessThan(1e6);
    expect(text).toContain('800 more are not shown.');
  });
});
