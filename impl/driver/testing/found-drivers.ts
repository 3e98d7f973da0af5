/** Which drivers the tests can be run on: QEMU's sources are not ours to keep. */
import { delimiter } from 'node:path';
import { EnvironmentError } from '../../environment-error.ts';
import { findCompiler } from '../compile/compiler.ts';

/** Files and trees as in `driver:PATH`, as `COLOCHECK_DRIVERS` lists them, separated like the entries of `PATH`. */
export const driverPaths: readonly string[] = (process.env['COLOCHECK_DRIVERS'] ?? '')
  .split(delimiter)
  .filter((path) => path !== '');

/** Why no driver can be compiled here, or none is known; null where they can. */
export const noCompiler: string | null = compilerProblem();
export const noDriver: string | null =
  noCompiler ??
  (driverPaths.length === 0 ? 'no source of QEMU is named: set COLOCHECK_DRIVERS (.ci/qemu-sources)' : null);

function compilerProblem(): string | null {
  try {
    findCompiler();
    return null;
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
}
