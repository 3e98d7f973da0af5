/** Writes what a campaign in a program has found as a trace, for a test that plays it from then on. */
import type { CheckFinding, CheckResult } from '../../properties/campaign/check-system.ts';
import { saveFailure } from '../replay/failure-folder.ts';
import { findingTrace } from '../record/record-finding.ts';

/**
 * Saves the shrunk case in `folder`, under its signature, unless a smaller one is there; returns the path. Throws a
 * `TraceError` where the folder cannot be written.
 */
export function saveFinding(result: CheckResult, finding: CheckFinding, folder: string): string {
  const { system, comparison, seed } = result;
  return saveFailure(folder, findingTrace({ name: system, option: system, comparison }, finding.found, seed))
    .path;
}
