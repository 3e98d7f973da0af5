/** How a command line names the system under test, and what it is compared with. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { interruption } from './interruption.ts';
import { comparisonNamed, helpGroups, positiveNumber } from './options.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { connectSubject, isDriver, nameProblem, subjectNames } from '../../properties/subjects/subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { connectRecorded } from '../../traces/logs/recording-system.ts';
import { describeProbed, probeDriver, probeQemu } from '../../traces/profile/profile-probe.ts';

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
        `what is tested: ${names.filter((name) => !name.startsWith('mutant:')).join(', ')}${names.length > 2 ? ', mutant:NAME' : ''}, module:FILE, exec:COMMAND or driver:PATH`,
      )
        .default(usual, usual)
        .argParser((name: string) => systemName(name, names)),
    )
    .addOption(
      new Option('--qemu <path>', 'the binary of --system qemu (default: on the PATH)').helpGroup(
        helpGroups.system,
      ),
    )
    .addOption(
      new Option('--timeout <seconds>', 'for an answer of exec: or module: (default: 10)')
        .argParser(positiveNumber)
        .helpGroup(helpGroups.system),
    )
    .addOption(
      new Option('--in-process', 'run module: in this process, loops unnoticed').helpGroup(helpGroups.system),
    )
    .addOption(
      new Option('--comparison <mode>', 'qemu, document, ... (default: of the trace or binary)')
        .argParser(comparisonNamed)
        .helpGroup(helpGroups.system),
    );
}

/** `given` as reports call it. Throws where there is no such system. */
export function systemName(given: string, names: readonly string[]): string {
  const problem = nameProblem(given, names);
  if (problem !== null) throw new InvalidArgumentError(problem);
  return given;
}

/**
 * What a system is judged by where the user names nothing: a real binary or a driver by the profile that it shows, unless the
 * design document is to be its judge; all others as `usual`. Says on stderr what was found. Rejects with `EnvironmentError`.
 */
export async function usualComparison(
  name: string,
  qemu: string | undefined,
  usual: ComparisonMode = 'qemu',
): Promise<ComparisonMode> {
  const kind = name === 'qemu' ? 'QEMU' : isDriver(name) ? 'driver' : null;
  if (usual === 'document' || kind === null) return usual;
  const probed = kind === 'driver' ? await probeDriver(name) : await probeQemu(qemu);
  for (const line of describeProbed(probed, kind)) process.stderr.write(`${line}\n`);
  return probed.comparison;
}

/** `usual` is what a trace says. Rejects with `EnvironmentError`. */
export async function subjectOptions(
  { system, qemu, timeout, comparison, inProcess }: SystemFlags,
  usual?: ComparisonMode,
): Promise<SubjectOptions> {
  return {
    comparison: comparison ?? (await usualComparison(system, qemu, usual)),
    signal: interruption,
    tell: (line) => process.stderr.write(`colocheck: ${line}\n`),
    ...(qemu === undefined ? {} : { qemuBinary: qemu }),
    ...(inProcess === true ? { inProcess } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
}

export function logOption(): Option {
  return new Option('--log <file>', 'all questions and answers, for npm run judge').helpGroup(
    helpGroups.results,
  );
}

/** `log` is where the log is written, if anywhere. */
export function connectLogged(name: string, options: SubjectOptions, log?: string): Promise<Subject> {
  return log === undefined ? connectSubject(name, options) : connectRecorded(name, options, log);
}
