/** The command that writes a trace as a page to look at. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp, print } from './cli-options.ts';
import { openSubject, subjectNames } from './properties/subjects.ts';
import { readTrace } from './traces/trace-file.ts';
import { viewPath, viewTrace } from './traces/view/write-view.ts';

interface ViewFlags {
  system?: string;
  qemu?: string;
  out?: string;
}

/** `npm run view` */
export function addView(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('view')
    .argument('<trace>', 'a trace file (JSON)')
    .description('Writes one HTML file that shows every step of a trace, on the system and the model.')
    .addOption(
      new Option(
        '--system <name>',
        'the system under test (default: the one that the trace was found on, or impl)',
      ).choices(subjectNames),
    )
    .option('--qemu <path>', 'the QEMU binary to test (default: qemu-system-x86_64 on the PATH)')
    .option('--out <file>', 'where the page is written (default: beside the trace)')
    .addHelpText('after', exitCodeHelp)
    .action(async (path: string, { system, qemu, out }: ViewFlags) => {
      const trace = readTrace(path);
      const foundOn = trace.found?.system ?? '';
      const name = system ?? (subjectNames.includes(foundOn) ? foundOn : 'impl');
      const subject = openSubject(name, qemu === undefined ? {} : { qemuBinary: qemu });
      const page = out ?? viewPath(path);
      try {
        finish(await viewTrace(path, trace, subject, page));
      } finally {
        await subject.shutdown();
      }
      print(page);
    });
}
