/** The command that plays the trace of each deviation on binaries and writes what they show into docs/deviations.md. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import { print } from '../options/options.ts';
import { qemuVersion } from '../../impl/qemu/process/qemu-binary.ts';
import { requireWritableFile, writeWhole } from '../../properties/results/result-file.ts';
import { readPage, withTables } from '../../traces/profile/deviation-page.ts';
import { readRuns, runOf, withRuns } from '../../traces/profile/deviation-runs.ts';
import type { DeviationRun } from '../../traces/profile/deviation-runs.ts';
import { describeProbed, probeQemu } from '../../traces/profile/profile-probe.ts';

interface DeviationsFlags {
  qemu: string[];
  docs: string;
}

/** `npm run deviations` */
export function addDeviations(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('deviations')
    .option(
      '--qemu <path>',
      'a QEMU binary; can be given again (default: qemu-system-x86_64 on the PATH)',
      (path: string, known: string[]) => [...known, path],
      [],
    )
    .option('--docs <folder>', 'where deviations.md and deviations.json are', 'docs')
    .addHelpText('after', exitCodeHelp)
    .action(async ({ qemu, docs }: DeviationsFlags) => finish(await runDeviations(qemu, docs)));
}

/** True where each binary does as 7.2 or as its document everywhere. */
async function runDeviations(binaries: readonly string[], docs: string): Promise<boolean> {
  const data = join(docs, 'deviations.json');
  const page = join(docs, 'deviations.md');
  const before = readRuns(data);
  const text = readPage(page);
  for (const path of [data, page]) requireWritableFile(path);
  const runs: DeviationRun[] = [];
  let agreed = true;
  for (const binary of binaries.length === 0 ? ['qemu-system-x86_64'] : binaries) {
    const says = await qemuVersion(binary);
    const probed = await probeQemu(binary);
    print(`${says}: judged by ${probed.comparison}`);
    for (const line of describeProbed(probed)) print(`  ${line}`);
    agreed &&= probed.differing.length === 0;
    runs.push(runOf(says, new Date().toISOString().slice(0, 'YYYY-MM-DD'.length), probed));
  }
  const after = withRuns(before, runs);
  writeWhole(data, `${JSON.stringify(after, null, 2)}\n`);
  writeWhole(page, withTables(text, after));
  print(`written: ${page}`);
  return agreed;
}
