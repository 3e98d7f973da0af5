/** Reads the driver under test: a `replication.c`, a tree of QEMU's sources, or a print of the file with line numbers. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../environment-error.ts';

/** Where it lies in a tree. */
const IN_TREE = 'block/replication.c';
/** Printed by cross-referencing sites: number, no-break space, space, line; above it the name of the file. */
const PRINTED_TITLE = /^xref: .*\n/;
const PRINTED_LINE = /^\d+(?:[\u00A0 \t] ?|$)/gmu;
/** What no other file of QEMU holds. */
const ITS_OWN = ['BDRVReplicationState', 'bdrv_replication', 'BLOCK_REPLICATION_FAILOVER'];

/** The text of the C file behind `path`. Throws an `EnvironmentError` where there is none. */
export function readDriver(path: string): string {
  if (!existsSync(path)) throw new EnvironmentError(`driver:${path}: there is no such file or folder`);
  const file = statSync(path).isDirectory() ? join(path, IN_TREE) : path;
  if (!existsSync(file)) throw new EnvironmentError(`driver:${path}: no tree of QEMU, it has no ${IN_TREE}`);
  const text = withoutNumbers(readFileSync(file, 'utf8'));
  const missing = ITS_OWN.find((name) => !text.includes(name));
  if (missing === undefined) return text;
  throw new EnvironmentError(
    `driver:${path}: ${file} is not QEMU's block/replication.c, it has no ${missing}`,
  );
}

/** Lines stay where they are, so that what the compiler says is found. */
function withoutNumbers(text: string): string {
  const untitled = text.replace(PRINTED_TITLE, '');
  return /^1[\u00A0 \t]/u.test(untitled) ? untitled.replaceAll(PRINTED_LINE, '') : text;
}

/** The headers that the file wants, as it names them. */
export function includedBy(text: string): readonly string[] {
  return [...text.matchAll(/^\s*#\s*include\s+["<]([\w./-]+)[">]/gm)].flatMap(([, name]) => name ?? []);
}

/**
 * What cannot be asked of a declaration: since 10.1, with which `bdrv_graph_wrlock_drained` came, a reopening of a node
 * without driver answers an error, and the process lives.
 */
export function reopensWithoutDriver(text: string): boolean {
  return /\bbdrv_graph_wrlock_drained\b/.test(text);
}
