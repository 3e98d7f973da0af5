/** What ends a command before its end: one line on stderr for what the user can put right, and the exit code. */
import { CommanderError } from 'commander';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { TraceError } from '../../traces/format/trace-error.ts';
import { tellError } from './checks.ts';
import { exitCodes } from './exit-codes.ts';
import { interrupt } from './interruption.ts';

/** Anything that nobody foresaw is a defect of colocheck: it keeps its stack, and is no verdict on the system. */
export function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.agreed;
    tellError(error.message);
    return exitCodes.usage;
  }
  if (error instanceof Interrupted) return complain(error.message, exitCodes.incomplete);
  if (error instanceof UsageError || error instanceof TraceError)
    return complain(error.message, isOfDisk(error) ? exitCodes.environment : exitCodes.usage);
  if (error instanceof EnvironmentError || error instanceof SystemLost)
    return complain(error.message, exitCodes.environment);
  if (isOfMachine(error)) return complain(`the machine refuses: ${error.message}`, exitCodes.environment);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`colocheck has failed itself, which says nothing of the system:\n${stack}\n`);
  tellError(`colocheck has failed itself: ${String(error)}`, stack);
  return exitCodes.incomplete;
}

/**
 * Whoever reads the output may go away (`| head`), and the disk that it goes to may be full: the first ends the run like
 * a hang-up, with its results written and without a word.
 */
export function watchOutput(end: (exitCode: number) => void): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {});
    interrupt();
    const isClosed = error.code === 'EPIPE';
    end(isClosed ? exitCodes.brokenPipe : complain(`cannot print: ${error.message}`, exitCodes.environment));
  });
  process.stderr.on('error', () => {});
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`colocheck: ${message}\n`);
  tellError(message);
  return exitCode;
}

/** What no other name of a file would put right. */
function isOfDisk({ message }: Error): boolean {
  return /\b(ENOSPC|EDQUOT|EIO)\b/.test(message);
}

/** What the operating system answered to a call. */
function isOfMachine(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
