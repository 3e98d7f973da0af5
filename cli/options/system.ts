/** How a command line names the system under test, and what it is compared with. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { comparisonNamed, positiveNumber } from './options.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { connectSubject, nameProblem, subjectNames } from '../../properties/subjects/subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { connectRecorded } from '../../traces/logs/recording-system.ts';
import { describeProbed, probeQemu } from '../../traces/profile/profile-probe.ts';

export interface SystemFlags {
  system: string;
  qemu?: string;
  timeout?: number;
  inProcess?: true;
  comparison?: ComparisonMode;
}

/** `names` are the systems of this project that the command can be used with. */
export function withSystem(
  command: Command,
  names: readonly string[] = subjectNames,
  usual = 'impl',
): Command {
  return command
    .addOption(
      new Option(
        '--system <name>',
        `the system under test: exec:COMMAND (impl/exec/PROTOCOL.md), module:FILE (index.ts), ${names.join(', ')}`,
      )
        .default(usual)
        .argParser((name: string) => systemName(name, names)),
    )
    .option('--qemu <path>', 'the QEMU binary to test (default: qemu-system-x86_64 on the PATH)')
    .option(
      '--timeout <seconds>',
      'how long exec: or module: may take to answer (default: 10)',
      positiveNumber,
    )
    .option('--in-process', 'run module: in the process of colocheck: a loop without end is not noticed')
    .addOption(
      new Option(
        '--comparison <mode>',
        'what is right: qemu, what 7.2 does; document, also what its design document says (default: for --system qemu as the binary shows itself, else as a trace says, or qemu)',
      ).argParser(comparisonNamed),
    );
}

/** `given` as reports call it. Throws where there is no such system. */
export function systemName(given: string, names: readonly string[]): string {
  const name = given === 'efficient' ? 'impl' : given;
  const problem = nameProblem(name, names);
  if (problem !== null) throw new InvalidArgumentError(problem);
  return name;
}

/**
 * What a system is judged by that the user has not told: a real binary by the profile that it shows, unless the design
 * document is to be its judge; all others as `usual`. Says on stderr what was found. Rejects with `EnvironmentError`.
 */
export async function usualComparison(
  name: string,
  qemu: string | undefined,
  usual: ComparisonMode = 'qemu',
): Promise<ComparisonMode> {
  if (name !== 'qemu' || usual === 'document') return usual;
  const probed = await probeQemu(qemu);
  for (const line of describeProbed(probed)) process.stderr.write(`${line}\n`);
  return probed.comparison;
}

/** `usual` is what a trace says. Rejects with `EnvironmentError`. */
export async function subjectOptions(
  { system, qemu, timeout, comparison, inProcess }: SystemFlags,
  usual?: ComparisonMode,
): Promise<SubjectOptions> {
  return {
    comparison: comparison ?? (await usualComparison(system, qemu, usual)),
    tell: (line) => process.stderr.write(`colocheck: ${line}\n`),
    ...(qemu === undefined ? {} : { qemuBinary: qemu }),
    ...(inProcess === true ? { inProcess } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
}

export function logOption(): Option {
  return new Option(
    '--log <file>',
    'write what the system was asked, answered and showed, for npm run judge',
  );
}

/** `log` is where the log is written, if anywhere. */
export function connectLogged(name: string, options: SubjectOptions, log?: string): Promise<Subject> {
  return log === undefined ? connectSubject(name, options) : connectRecorded(name, options, log);
}
