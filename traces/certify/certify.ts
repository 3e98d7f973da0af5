/**
 * Certification: the recorded traces, tours and a random campaign on one system, and a certificate of what was run. The
 * certificate says `certified` only where every part came to its end and nothing differed.
 */
import { relative, join } from 'node:path';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { describeDivergence } from '../../properties/lockstep/failure-report.ts';
import type { Case } from '../../properties/cases/case.ts';
import { versionsHere } from '../../properties/jobs/versions.ts';
import type { Connected } from '../../properties/subjects/subjects.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { savingBrokenCase } from '../record/broken-case.ts';
import { recordCounterexample } from '../record/record-exploration.ts';
import type { RecordedFailure } from '../record/record-finding.ts';
import { TraceError } from '../format/trace-error.ts';
import { writeCertificate } from './certificate-file.ts';
import { CERTIFICATE_VERSION, missingPart } from './certificate-schema.ts';
import type { Certificate } from './certificate-schema.ts';
import type { CertifyOptions, Draft } from './certificate-draft.ts';
import { declarationProblem, declaredCapabilities, exclusionsOf } from './declared.ts';
import { runParts } from './parts.ts';
import type { PartsConsole } from './parts.ts';

export type CertifyConsole = Omit<PartsConsole, 'report'> & { print(text: string): void };

/**
 * Connects to the system, runs all parts and writes the certificate, whatever it says. Rejects with the error that kept
 * the run from coming to its end, after it was written down.
 */
export async function certify(
  connect: () => Promise<Connected>,
  options: CertifyOptions,
  console: CertifyConsole,
): Promise<Certificate> {
  const draft = emptyCertificate(options);
  // What a run that is killed leaves behind.
  writeCertificate(options.folder, { ...draft, reasons: ['the run has not come to its end'] });
  try {
    const connected = await connect();
    const { name, comparison, settings = [] } = connected.subject;
    const of = { name, option: options.option, settings, comparison };
    await savingBrokenCase(of, failureFolder(options), async () => {
      try {
        await fill(draft, connected, options, console);
      } finally {
        await connected.system.shutdown();
      }
    });
  } catch (error) {
    if (!isTold(error)) throw error;
    draft.reasons = [...draft.reasons, error.message];
    settle(draft);
    writeCertificate(options.folder, draft);
    throw error;
  }
  settle(draft);
  writeCertificate(options.folder, draft);
  return draft;
}

function isTold(error: unknown): error is Error {
  return error instanceof EnvironmentError || error instanceof UsageError || error instanceof TraceError;
}

async function fill(
  draft: Draft,
  connected: Connected,
  options: CertifyOptions,
  console: CertifyConsole,
): Promise<void> {
  const { subject, version } = connected;
  const { capabilities, comparison } = subject;
  draft.comparison = comparison;
  draft.repeat = options.repeat(comparison, null);
  draft.system = { name: subject.name, version, option: options.option };
  const problem = declarationProblem(capabilities);
  if (problem !== null) {
    draft.reasons = [`${subject.name} cannot be certified: ${problem}`];
    return;
  }
  draft.capabilities = declaredCapabilities(capabilities);
  draft.exclusions = exclusionsOf(capabilities);
  await runParts(draft, connected, options, {
    ...console,
    report: (part, from, testCase, divergence) => {
      const { path, text } = recorded(connected, options, `${part}, ${from}`, testCase, divergence);
      const signature = signatureOf(divergence);
      // A bug shows itself in many traces: one screen of each kind is enough.
      if (!draft.failures.some((known) => known.signature === signature)) console.print(`\n${text}\n`);
      const failure = {
        part,
        from,
        signature,
        sentence: describeDivergence(subject.name, divergence),
        operations: testCase.operations.length,
        trace: relative(options.folder, path),
      };
      draft.failures = [...draft.failures, failure];
    },
  });
}

function recorded(
  { subject }: Connected,
  options: CertifyOptions,
  found: string,
  testCase: Case,
  divergence: Divergence,
): RecordedFailure {
  const of = {
    name: subject.name,
    option: options.option,
    settings: subject.settings ?? [],
    capabilities: subject.capabilities,
    comparison: subject.comparison,
  };
  return recordCounterexample(of, `found by ${found}`, testCase, divergence, failureFolder(options));
}

function failureFolder({ folder }: CertifyOptions): string {
  return join(folder, 'failures');
}

/** The verdict, and a reason where there is none yet for what has not come to its end. */
function settle(draft: Draft): void {
  const missing = missingPart(draft);
  if (draft.failures.length > 0) {
    draft.verdict = 'diverged';
    return;
  }
  if (missing !== null && draft.reasons.length === 0) draft.reasons = [missing];
  draft.verdict = draft.reasons.length === 0 ? 'certified' : 'refused';
}

function emptyCertificate({ option, comparison, worlds, repeat }: CertifyOptions): Draft {
  return {
    format: 'colocheck-certificate',
    version: CERTIFICATE_VERSION,
    verdict: 'refused',
    reasons: [],
    repeat: repeat(comparison, null),
    versions: versionsHere(),
    system: { name: option, version: null, option },
    comparison,
    capabilities: null,
    exclusions: [],
    recorded: null,
    worlds,
    tours: [],
    campaign: null,
    cells: [],
    laws: [],
    documented: {},
    failures: [],
  };
}
