/** The command that measures how fast this project is. */
import type { Command } from 'commander';
import { print } from './options/options.ts';

interface BenchFlags {
  readonly qemu?: string | true;
  readonly pages?: true;
  readonly logs?: true;
  readonly inFlight?: true;
  readonly situations?: true;
  readonly disks?: true;
}

/** `npm run bench` */
export function addBench(program: Command): void {
  program
    .command('bench')
    .option('--qemu [path]', 'measure the real QEMU as well')
    .option('--pages', 'measure the page of a trace in a browser, and nothing else')
    .option('--logs', 'measure how fast logs are judged, and nothing else')
    .option('--in-flight', 'measure how fast histories of overlapping requests are judged, and nothing else')
    .option('--situations', 'measure how soon a campaign meets each situation, and nothing else')
    .option('--disks', 'measure what the length of a disk costs, and nothing else; with --qemu there as well')
    .action(async (flags: BenchFlags) => {
      if (flags.situations === true) {
        const { benchSituations } = await import('../properties/benches/situations-bench.ts');
        benchSituations(print);
      } else if (flags.disks === true) {
        const { benchDisks } = await import('../properties/benches/disk-bench.ts');
        await benchDisks(print, flags.qemu);
      } else if (flags.inFlight === true) {
        const { benchInFlight } = await import('../properties/in-flight/testing/in-flight-bench.ts');
        benchInFlight(print);
      } else if (flags.logs === true) {
        const { benchLogs } = await import('../traces/logs/log-bench.ts');
        await benchLogs(print);
      } else if (flags.pages === true) {
        const { benchPages } = await import('../traces/view/page-bench.ts');
        await benchPages(print);
      } else {
        const { runBench } = await import('../properties/benches/bench.ts');
        await runBench(print, flags.qemu);
      }
    });
}
