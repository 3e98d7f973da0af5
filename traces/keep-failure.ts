/** Keeps a failure: its trace, and beside it the page that shows it. */
import { existsSync, rmSync } from 'node:fs';
import type { Divergence } from '../properties/divergence.ts';
import { saveFailure } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { replayCommand, viewCommand } from './replay-command.ts';
import type { Trace } from './trace-schema.ts';
import type { ViewedSystem } from './view/viewed-run.ts';
import { viewPath, writeView } from './view/write-view.ts';

/** Longer runs on larger disks would keep a campaign waiting: sectors of all nodes times operations. */
const SECTOR_STEPS_MAX = 2 ** 25;

/** Returns the last lines of its report: where trace and page are, and how to run it again. Throws a `TraceError`. */
export function keepFailure(
  folder: string,
  of: ViewedSystem,
  divergence: Divergence,
  trace: Trace,
): readonly string[] {
  const { path, isNew } = saveFailure(folder, trace);
  const page = isNew ? pageOfNew(path, of, divergence, trace) : pageOfKept(path, of);
  return [`trace:  ${path}`, `view:   ${page}`, `replay: ${replayCommand(path, of)}`];
}

/** The path of the page, or why there is none: nothing of that may end the search that found the failure. */
function pageOfNew(path: string, of: ViewedSystem, divergence: Divergence, trace: Trace): string {
  const sectors = trace.setup.nodes.reduce((sum, { geometry }) => sum + geometry.lengthSectors, 0);
  if (sectors * trace.operations.length > SECTOR_STEPS_MAX) return `${viewCommand(path, of)} (it is large)`;
  try {
    return writeView(path, of, caseOf(trace), divergence);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `no page: ${reason}${dropOldPage(viewPath(path)) ? '' : ' What is there shows another case.'}`;
  }
}

/** False where a page of an earlier case stays, since it cannot be removed. */
function dropOldPage(page: string): boolean {
  try {
    rmSync(page, { force: true });
    return true;
  } catch {
    return false;
  }
}

function pageOfKept(path: string, of: ViewedSystem): string {
  return existsSync(viewPath(path)) ? viewPath(path) : viewCommand(path, of);
}
