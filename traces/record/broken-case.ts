/**
 * Saves the case in which an adapter broke the protocol, or colocheck itself failed, and names the trace in the line that
 * reports it.
 */
import type { Operation } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import { situation, walkOf } from '../../properties/cases/case.ts';
import { HarnessDefect } from '../../properties/lockstep/harness-defect.ts';
import { saveFailure } from '../replay/failure-folder.ts';
import type { NamedSystem } from '../format/replay-command.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';

/** Runs `work`; an `AdapterError` of a case is thrown again with the path of its trace. */
export async function savingBrokenCase<Result>(
  of: NamedSystem,
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AdapterError || error instanceof HarnessDefect)) throw error;
    const path = saveBrokenCase(of, error, folder);
    if (path === null) throw error;
    const { message, operationIndex } = error;
    const where = operationIndex === null ? 'the case' : `operation ${operationIndex + 1} of the case`;
    const told = `${message}; ${where} saved as ${path}`;
    throw error instanceof AdapterError ? new AdapterError(told, operationIndex) : new EnvironmentError(told);
  }
}

/** The path of the trace; null where no case was played. Throws a `TraceError` where the folder cannot be written. */
function saveBrokenCase(of: NamedSystem, error: AdapterError | HarnessDefect, folder: string): string | null {
  const { during, operationIndex } = error;
  if (during === null) return null;
  const step = operationIndex ?? Math.max(0, during.operations.length - 1);
  const operations = during.operations.slice(0, step + 1);
  const operation = operations[step];
  if (operation === undefined) return null;
  return saveFailure(folder, {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    signature:
      error instanceof HarnessDefect
        ? 'colocheck-defect'
        : signatureAt(during.setup, operations, operationIndex),
    expects: 'divergence',
    comparison: of.comparison ?? 'qemu',
    found: { system: of.name, divergence: error.message, step },
    setup: during.setup,
    operations,
  }).path;
}

function signatureAt(setup: Setup, operations: readonly Operation[], index: number | null): string {
  const operation = operations.at(-1);
  if (index === null || operation === undefined) return 'protocol-broken';
  const { start, steps } = walkOf({ setup, operations });
  const { stage } = situation(steps[operations.length - 2]?.host ?? start, operation);
  return `protocol-${operation.op}-${stage}`;
}
