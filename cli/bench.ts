/** The command that measures how fast this project is. */
import type { Command } from 'commander';
import { print } from './options/options.ts';

/** `npm run bench` */
export function addBench(program: Command): void {
  program
    .command('bench')
    .option('--qemu [path]', 'measure the real QEMU as well')
    .option('--pages', 'measure the page of a trace in a browser, and nothing else')
    .option('--logs', 'measure how fast logs are judged, and nothing else')
    .option('--situations', 'measure how soon a campaign meets each situation, and nothing else')
    .action(async (flags: { qemu?: string | true; pages?: true; logs?: true; situations?: true }) => {
      if (flags.situations === true) {
        const { benchSituations } = await import('../properties/campaign/situations-bench.ts');
        benchSituations(print);
        return;
      }
      if (flags.logs === true) {
        const { benchLogs } = await import('../traces/logs/log-bench.ts');
        await benchLogs(print);
        return;
      }
      if (flags.pages === true) {
        const { benchPages } = await import('../traces/view/page-bench.ts');
        await benchPages(print);
        return;
      }
      const { runBench } = await import('../properties/campaign/bench.ts');
      await runBench(print, flags.qemu);
    });
}
