/** The command that writes a trace for tools that know nothing of this project. */
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import { print } from '../options/options.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { writeExport } from '../../traces/export/export-file.ts';
import { exportIotest } from '../../traces/export/iotest.ts';
import { itfLines } from '../../traces/export/itf.ts';
import { exportQmpScript } from '../../traces/export/qmp-script.ts';
import { readTrace } from '../../traces/format/trace-file.ts';
import type { Trace } from '../../traces/format/trace-schema.ts';
import { exportUnitCase } from '../../traces/export/unit-case.ts';

interface ExportFlags {
  qmp?: true;
  itf?: true;
  iotest?: string;
  unit?: true;
  out?: string;
}

const PROGRAM = 0o777;

/** `npm run export` */
export function addExport(program: Command): void {
  program
    .command('export')
    .argument('<trace>', 'a trace file (JSON)')
    .option('--qmp', 'as a Python script that plays it on a bare QEMU')
    .addOption(
      new Option(
        '--itf',
        'in the Informal Trace Format of Apalache and Quint: what the model expects after each step',
      ).conflicts('qmp'),
    )
    .addOption(
      new Option(
        '--iotest <folder>',
        "as a test for QEMU's own tree (tests/qemu-iotests/tests): a Python program there, with its expected output beside it",
      ).conflicts(['qmp', 'itf', 'out']),
    )
    .addOption(
      new Option(
        '--unit',
        "as a case for QEMU's unit test of the driver, tests/unit/test-replication.c",
      ).conflicts(['qmp', 'itf', 'iotest']),
    )
    .option('--out <file>', 'where it is written (default: it is printed)')
    .addHelpText('after', exitCodeHelp)
    .action((path: string, { qmp, itf, iotest, unit, out }: ExportFlags) => {
      if (iotest !== undefined) {
        const test = exportIotest(readTrace(path), path);
        const file = join(iotest, test.name);
        writeExport(file, [test.program.trimEnd()], PROGRAM);
        writeExport(`${file}.out`, [test.expected.trimEnd()]);
        print(file);
        return;
      }
      if (qmp !== true && itf !== true && unit !== true) {
        throw new UsageError(
          'export needs one of --qmp (a Python script), --itf (the Informal Trace Format), --unit or --iotest (tests of QEMU)',
        );
      }
      const trace = readTrace(path);
      const lines = linesOf(trace, path, itf === true ? 'itf' : unit === true ? 'unit' : 'qmp');
      if (out !== undefined) writeExport(out, lines, qmp === true ? PROGRAM : undefined);
      else for (const line of lines) print(line);
    });
}

function linesOf(trace: Trace, path: string, as: 'qmp' | 'itf' | 'unit'): Iterable<string> {
  switch (as) {
    case 'itf':
      return itfLines(trace, path);
    case 'unit':
      return [exportUnitCase(trace, path).trimEnd()];
    case 'qmp':
      return [exportQmpScript(trace, path).trimEnd()];
  }
}
