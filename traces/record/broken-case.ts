/** Saves the case in which an adapter broke the protocol, and names the trace in the line that reports it. */
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import { situation, walkOf } from '../../properties/cases/case.ts';
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
    const path = error instanceof AdapterError ? saveBrokenCase(of, error, folder) : null;
    if (path === null || !(error instanceof AdapterError)) throw error;
    const { message, operationIndex } = error;
    const where = operationIndex === null ? 'the case' : `operation ${operationIndex + 1} of the case`;
    throw new AdapterError(`${message}; ${where} saved as ${path}`, operationIndex);
  }
}

/** The path of the trace; null where no case was played. Throws a `TraceError` where the folder cannot be written. */
function saveBrokenCase(of: NamedSystem, error: AdapterError, folder: string): string | null {
  const { during, operationIndex } = error;
  if (during === null) return null;
  const step = operationIndex ?? Math.max(0, during.operations.length - 1);
  const operations = during.operations.slice(0, step + 1);
  const operation = operations[step];
  if (operation === undefined) return null;
  const { start, steps } = walkOf({ setup: during.setup, operations });
  const { stage } = situation(steps[step - 1]?.host ?? start, operation);
  return saveFailure(folder, {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    signature: operationIndex === null ? 'protocol-broken' : `protocol-${operation.op}-${stage}`,
    expects: 'divergence',
    comparison: of.comparison ?? 'qemu',
    found: { system: of.name, divergence: error.message, step },
    setup: during.setup,
    operations,
  }).path;
}
