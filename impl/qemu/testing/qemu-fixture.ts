/** What the tests against the real binary share: a small setup, and its answers in brief. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Operation } from '../../../model/operations.ts';
import type { Layer, NodeSetup, Outcome, Setup, Tag } from '../../../model/vocabulary.ts';
import type { Probes, ShownNode } from '../../shown.ts';
import type { AsyncSystem } from '../../system.ts';

/** A secondary of 300 sectors full of tag 1: units 0-127, 128-255 and a clipped one, overlay clusters of 4 KiB. */
export function smallSetup(changes: Partial<NodeSetup> = {}): Setup {
  return { nodes: [smallNode(changes)] };
}

export function smallNode(changes: Partial<NodeSetup> = {}): NodeSetup {
  return {
    mode: 'secondary',
    geometry: {
      lengthSectors: 300,
      sectorBytes: 512,
      activeClusterSectors: 8,
      hiddenClusterSectors: 8,
      copyUnitSectors: 128,
      commitUnitSectors: 128,
    },
    initialContent: [{ sector: 0, count: 300, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 16,
    ...changes,
  };
}

/** Applies the operations in order and returns the last outcome; the ones before must not abort. */
export async function play(system: AsyncSystem, operations: readonly Operation[]): Promise<Outcome> {
  let outcome: Outcome = { kind: 'ok' };
  for (const operation of operations) outcome = await system.apply(operation);
  return outcome;
}

/** `ok`, an errno, an error's message, `abort`, or the tags that were read. */
export function brief(outcome: Outcome | null | undefined): string | readonly Tag[] {
  switch (outcome?.kind) {
    case undefined:
      return 'nothing observed';
    case 'ok':
      return 'ok';
    case 'data':
      return outcome.tags;
    case 'error':
      return outcome.message;
    case 'errno':
      return outcome.errno;
    case 'status':
      return `status ${outcome.error ?? 'ok'}`;
    case 'abort':
      return 'abort';
  }
}

/** Runs of equal values, such as `0-7 active, 8-299 secondary`. */
export function runs(values: readonly (Tag | Layer)[] | null | undefined): string {
  const parts: string[] = [];
  const known = values ?? [];
  for (let start = 0; start < known.length;) {
    let end = start;
    while (end + 1 < known.length && known[end + 1] === known[start]) end++;
    parts.push(`${start}-${end} ${known[start]}`);
    start = end + 1;
  }
  return parts.join(', ');
}

/** `open` and `start` of a secondary. */
export const STARTED: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];

/** What the first node shows, and the probes: all of it, not only what the last operation may have changed. */
export async function show(system: AsyncSystem): Promise<ShownNode & { readonly probes?: Probes }> {
  await system.observe();
  const { nodes, probes } = await system.observe();
  return { ...nodes[0], ...(probes === undefined ? {} : { probes }) };
}

/** The process id of the QEMU whose command line names this directory; not of a peer. */
export function qemuOf(work: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => commandLine(pid).includes(`-name\0guest=${work}\0`));
  if (found === undefined) throw new Error(`no QEMU runs in ${work}`);
  return Number(found);
}

/** Empty where there is no such process, or only its exit code is left. */
export function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
