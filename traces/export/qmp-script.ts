/** Writes a saved trace as a Python script that plays it on a bare QEMU, without this project. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { walkOf } from '../../properties/cases/case.ts';
import { QEMU_SECTOR_BYTES } from '../../properties/cases/geometries.ts';
import { QEMU_COMMIT_REQUESTS } from '../../properties/cases/setup-problem.ts';
import { throughQmp } from '../../properties/comparison/shown-by-model.ts';
import { caseOf } from '../replay/replay.ts';
import { TraceError } from '../format/trace-error.ts';
import type { Trace } from '../format/trace-schema.ts';

/** The script without its steps: the storage that it serves to QEMU, then how it carries out each operation. */
export const RUNTIME = ['qmp-script-storage.py', 'qmp-script-steps.py'];
export const QEMU_VERSION = '7.2.22';

/** What an outcome is in the script; an abort is the same whatever its rule. */
export type Expected =
  | 'ok'
  | 'dead'
  | { readonly data: readonly number[] }
  | { readonly error: string }
  | { readonly errno: string }
  | { readonly status: string | null };

export interface Played {
  /** Each operation and what it is expected to answer. */
  readonly steps: readonly (readonly [Operation, Expected])[];
  /** What each secondary disk holds at the end; null where a commit failed, which leaves no certain content. */
  readonly contents: readonly (readonly number[] | null | undefined)[];
}

/** A trace as a bare QEMU plays it. Throws a `TraceError` where that cannot be. */
export function playedOnQemu(trace: Trace, path: string): Played {
  const testCase = caseOf(trace);
  const { start, steps } = walkOf(testCase);
  const hosts = [start, ...steps.map(({ host }) => host)];
  requirePlayable(trace, testCase.operations, hosts, path);
  const played = testCase.operations.map((operation, index) => {
    const outcome = steps[index]?.outcome ?? { kind: 'ok' };
    return [operation, expectedOf(throughQmp(operation, outcome))] as const;
  });
  // What landed of a commit that failed is not one value.
  const contents = start.nodes.map((_, index) => {
    const failed = hosts.some(({ nodes }) => nodes[index]?.stage === 'failoverFailed');
    return failed ? null : hosts.at(-1)?.nodes[index]?.secondary;
  });
  return { steps: played, contents };
}

/** The text of the script. Throws a `TraceError` where a trace cannot be played without this project. */
export function exportQmpScript(trace: Trace, path: string): string {
  const { steps, contents } = playedOnQemu(trace, path);
  return [
    '#!/usr/bin/env python3',
    `# ${trace.note ?? 'A trace of COLO block replication.'}`,
    `# Expected is what QEMU ${QEMU_VERSION} does. Needs qemu-system-x86_64 and qemu-img, and nothing else.`,
    ...RUNTIME.flatMap((name) => [readFileSync(join(import.meta.dirname, name), 'utf8').trimEnd(), '', '']),
    `NODES = json.loads(r'''${JSON.stringify(trace.setup.nodes)}''')`,
    'STEPS = [',
    ...steps.map(
      ([operation, expected]) => `    json.loads(r'''${JSON.stringify([operation, expected])}'''),`,
    ),
    ']',
    `SECONDARY_DISKS = json.loads(r'''${JSON.stringify(contents)}''')`,
    '',
    "if __name__ == '__main__':",
    '    sys.exit(main(NODES, STEPS, SECONDARY_DISKS))',
    '',
  ].join('\n');
}

function requirePlayable(
  trace: Trace,
  operations: readonly Operation[],
  hosts: readonly Host[],
  path: string,
): void {
  const hidden = operations.findIndex(({ op }) => op === 'commitAdvance' || op === 'endJob');
  if (hidden >= 0) {
    throw new TraceError(
      `${path}: operations[${hidden}] is ${operations[hidden]?.op}: no command of QEMU does that. Mark it "skip": true.`,
    );
  }
  const late = operations.findIndex(
    (operation, index) =>
      operation.op === 'restoreLink' && hosts[index]?.nodes[operation.node ?? 0]?.link === 'dead',
  );
  if (late >= 0) {
    throw new TraceError(
      `${path}: operations[${late}] is restoreLink: an open node finds its link again at no certain time. Close it before.`,
    );
  }
  const crowded = operations.findIndex(
    (operation, index) => isPrimaryWrite(operation) && hasAllInFlight(hosts[index], operation.node),
  );
  if (crowded >= 0) {
    throw new TraceError(
      `${path}: operations[${crowded}] is ${operations[crowded]?.op} while a commit has ${QEMU_COMMIT_REQUESTS} requests in flight: QEMU answers it when the commit goes on, and a script waits for each answer. Play it with --on qemu.`,
    );
  }
  const far = trace.setup.nodes.findIndex(({ geometry }) => geometry.gaps !== undefined);
  if (far >= 0) {
    throw new TraceError(
      `${path}: setup.nodes[${far}].geometry.gaps: the disks of a script have no gaps. Leave them out, or play it with --on qemu.`,
    );
  }
  const odd = trace.setup.nodes.findIndex(({ geometry }) => geometry.sectorBytes !== QEMU_SECTOR_BYTES);
  if (odd >= 0) {
    throw new TraceError(
      `${path}: setup.nodes[${odd}].geometry.sectorBytes is ${trace.setup.nodes[odd]?.geometry.sectorBytes}: QEMU has sectors of ${QEMU_SECTOR_BYTES} bytes. Record the trace with --system qemu.`,
    );
  }
}

function isPrimaryWrite(
  operation: Operation,
): operation is Extract<Operation, { readonly op: 'primaryWrite' | 'primaryWriteZeroes' }> {
  return operation.op === 'primaryWrite' || operation.op === 'primaryWriteZeroes';
}

/** QEMU's NBD client has no request left for the primary's writes then (MAX_NBD_REQUESTS of block/nbd.c). */
function hasAllInFlight(host: Host | undefined, node = 0): boolean {
  const inFlight = host?.nodes[node]?.commitJob?.inFlight ?? [];
  return inFlight.filter(({ joined }) => joined !== true).length >= QEMU_COMMIT_REQUESTS;
}

function expectedOf(outcome: Outcome): Expected {
  switch (outcome.kind) {
    case 'ok':
      return 'ok';
    case 'data':
      return { data: outcome.tags };
    case 'error':
      return { error: outcome.message };
    case 'errno':
      return { errno: outcome.errno };
    case 'status':
      return { status: outcome.error };
    case 'abort':
      return 'dead';
  }
}
