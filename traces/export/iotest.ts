/** Writes a saved trace as a test for QEMU's own tree: a Python program in the style of its iotests, and what it prints. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import { playedOnQemu, RUNTIME } from './qmp-script.ts';
import type { Expected } from './qmp-script.ts';
import type { Trace } from '../format/trace-schema.ts';

export interface Iotest {
  /** To be named by, in `tests/qemu-iotests/tests`. */
  readonly name: string;
  readonly program: string;
  /** The file beside it, with `.out` at its end. */
  readonly expected: string;
}

/** Throws a `TraceError` where a trace cannot be played on a bare QEMU. */
export function exportIotest(trace: Trace, path: string): Iotest {
  const { steps, contents } = playedOnQemu(trace, path);
  const shown = contents.flatMap((content, node) =>
    content === null || content === undefined ? [] : [{ node, content }],
  );
  const told = steps.map(([operation]) => [operation, describeOperation(operation)]);
  const program = [
    '#!/usr/bin/env python3',
    '# group: rw',
    '#',
    `# COLO block replication: ${trace.note ?? basename(path, '.json')}`,
    '#',
    '# Disks are served by this program, which fails sectors and holds requests; content is named by the number of its write.',
    '',
    'import os',
    '',
    'try:',
    '    import iotests',
    "    iotests.script_initialize(supported_fmts=['qcow2'], supported_platforms=['linux'])",
    'except ImportError:',
    '    # Outside of the tree: QEMU_PROG and QEMU_IMG_PROG name the binaries, as they do inside.',
    '    pass',
    '',
    "os.environ['QEMU'] = os.environ.get('QEMU_PROG', 'qemu-system-x86_64')",
    "os.environ['QEMU_IMG'] = os.environ.get('QEMU_IMG_PROG', 'qemu-img')",
    '',
    ...[...RUNTIME, 'iotest-main.py'].flatMap((name) => [
      readFileSync(join(import.meta.dirname, name), 'utf8').trimEnd(),
      '',
      '',
    ]),
    `NODES = json.loads(r'''${JSON.stringify(trace.setup.nodes)}''')`,
    'STEPS = [',
    ...told.map((step) => `    json.loads(r'''${JSON.stringify(step)}'''),`),
    ']',
    '',
    "if __name__ == '__main__':",
    `    iotest(NODES, STEPS, [${shown.map(({ node }) => node).join(', ')}])`,
    '',
  ].join('\n');
  const expected = [
    ...steps.flatMap(([operation, answer], index) => [
      `${String(index + 1).padStart(3)} ${describeOperation(operation)}`,
      `        ${answerText(answer)}`,
    ]),
    ...shown.map(({ node, content }) => `secondary disk of node ${node}: ${runs(content)}`),
    '',
  ].join('\n');
  return { name: `replication-${basename(path, '.json')}`, program, expected };
}

/** As `text` of qmp-script-steps.py. */
function answerText(answer: Expected): string {
  if (answer === 'dead') return 'the process dies';
  if (answer === 'ok') return answer;
  if ('data' in answer) return `data ${runs(answer.data)}`;
  if ('error' in answer) return `error ${answer.error}`;
  if ('errno' in answer) return `errno ${answer.errno}`;
  return `status ${answer.status ?? 'None'}`;
}

/** As `runs` there. */
function runs(tags: readonly number[]): string {
  const parts: string[] = [];
  for (let start = 0, end; start < tags.length; start = end) {
    end = start + 1;
    while (end < tags.length && tags[end] === tags[start]) end++;
    parts.push(end - 1 > start ? `${start}-${end - 1}: ${tags[start]}` : `${start}: ${tags[start]}`);
  }
  return parts.join(', ');
}
