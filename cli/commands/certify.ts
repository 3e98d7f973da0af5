/** The command that certifies a system: recorded traces, tours and a random campaign, and a certificate of it. */
import type { Command } from 'commander';
import { tellChecks, withJunit } from '../options/checks.ts';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { isInterrupted, untilInterrupted } from '../options/interruption.ts';
import { positiveNumber, positiveWholeNumber, print, wholeNumber } from '../options/options.ts';
import { subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { withWorkers } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { crewOf } from '../workers/crew.ts';
import { freshSeed } from '../../properties/jobs/campaign-seeds.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { commandWords } from '../../properties/jobs/command-words.ts';
import { shellWord } from '../../properties/jobs/shell-word.ts';
import { connect } from '../../properties/subjects/subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { tourWorlds } from '../../properties/tour/tour-worlds.ts';
import { certificateChecks, certificateSummary } from '../../traces/certify/certificate-summary.ts';
import type { Certificate } from '../../traces/certify/certificate-schema.ts';
import { certify } from '../../traces/certify/certify.ts';
import { worldNamed } from '../../traces/certify/tour-part.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';

interface CertifyFlags extends SystemFlags, WorkerFlags {
  cases?: number;
  minutes?: number;
  seed?: number;
  out: string;
  world?: string;
}

/** `npm run certify` */
export function addCertify(program: Command, finish: Finish): void {
  withWorkers(withJunit(withSystem(program.command('certify'))))
    .option('--cases <count>', 'cases of the campaign', positiveWholeNumber)
    .option(
      '--minutes <minutes>',
      'end the campaign after this time (default: 1, or no limit with --cases)',
      positiveNumber,
    )
    .option('--seed <number>', 'of the campaign; it stands in the certificate', wholeNumber)
    .option('--out <folder>', 'where certificate.json and certificate.md are written', 'traces/certificate')
    .option(
      '--world <names>',
      `small worlds to tour, with commas between: ${tourWorlds.map(({ world }) => world.name).join(', ')} (default: one-cluster; none where the design document is the judge)`,
    )
    .addHelpText('after', exitCodeHelp)
    .action(async (flags: CertifyFlags) => {
      const certificate = await runCertify(flags);
      print(certificateSummary(certificate, flags.out));
      tellChecks(certificateChecks(certificate));
      if (certificate.verdict === 'refused' && isInterrupted()) finish('incomplete');
      else if (certificate.verdict === 'refused')
        throw new UsageError(`${flags.system} is not certified: ${certificate.reasons.join('; ')}`);
      else finish(certificate.verdict === 'certified');
    });
}

function runCertify(flags: CertifyFlags): Promise<Certificate> {
  const worlds = worldsOf(flags);
  const seed = flags.seed ?? freshSeed();
  requireWritable(flags.out);
  const options = {
    option: flags.system,
    comparison: flags.comparison ?? 'qemu',
    seed,
    casesMax: flags.cases ?? Infinity,
    secondsMax: secondsOf(flags),
    worlds,
    folder: flags.out,
    repeat: (comparison: ComparisonMode, cases: number | null) =>
      repeatOf({ ...flags, comparison }, worlds, seed, cases ?? flags.cases ?? null),
  };
  const console = { progress: process.stderr, print, interrupted: isInterrupted };
  let asked: SubjectOptions = {};
  const crew = () => crewOf(flags.system, asked, flags);
  const connecting = async () => {
    asked = await subjectOptions(flags);
    return connect(flags.system, asked);
  };
  return untilInterrupted(() => certify(connecting, { ...options, crew }, console));
}

function worldsOf({ world, comparison }: CertifyFlags): string[] {
  const isByDocument = comparison === 'document';
  if (world !== undefined && isByDocument)
    throw new UsageError(
      `--world ${world}: a tour goes the ways of one QEMU, not of its document; leave it out`,
    );
  if (world === undefined) return isByDocument ? [] : ['one-cluster'];
  return world.split(',').map((name) => worldNamed(name.trim()).world.name);
}

function secondsOf({ cases, minutes }: CertifyFlags): number {
  if (minutes !== undefined) return minutes * 60;
  return cases === undefined ? 60 : Infinity;
}

/** A campaign that was ended by time is repeated by the number of its cases. */
function repeatOf(
  flags: CertifyFlags & { readonly comparison: ComparisonMode },
  worlds: readonly string[],
  seed: number,
  cases: number | null,
): string {
  const size = cases === null ? [] : ['--cases', String(cases)];
  const qemu = flags.qemu === undefined ? [] : ['--qemu', flags.qemu];
  const timeout = flags.timeout === undefined ? [] : ['--timeout', String(flags.timeout)];
  const system = ['--system', flags.system, ...qemu, ...timeout, '--comparison', flags.comparison];
  const world = worlds.length === 0 ? [] : ['--world', worlds.join(',')];
  const words = [...system, ...world, '--seed', String(seed), ...size];
  return commandWords('certify', words.map(shellWord));
}
