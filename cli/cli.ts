#!/usr/bin/env node
/** The command line: runs the command that is named, and ends with its code. */
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { EnvironmentError } from '../impl/environment-error.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { UsageError } from '../properties/jobs/usage-error.ts';
import { TraceError } from '../traces/format/trace-error.ts';

const exitCodes = { agreed: 0, diverged: 1, usage: 2, environment: 3 };

// A step crosses many small functions of model and system: with the engine's own limits half of them are called. What
// judges logs mostly parses them, and would only compile for longer.
if (!process.argv.includes('judge') && !process.argv.includes('--logs')) {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
  setFlagsFromString('--max-inlined-bytecode-size=1500');
}

async function main(): Promise<number> {
  let exitCode: number = exitCodes.agreed;
  const finish = (agreed: boolean): void => {
    exitCode = agreed ? exitCodes.agreed : exitCodes.diverged;
  };
  const end = (code: number): void => {
    exitCode = code;
  };
  try {
    const [asked] = process.argv.slice(2).filter((word) => word !== 'help');
    const program = await createProgram({ finish, end }, (name) => name === asked);
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    return await explain(error);
  }
}

/** One line on stderr for whatever the user can put right; anything else is a defect of colocheck and keeps its stack. */
async function explain(error: unknown): Promise<number> {
  // Loaded only here: what reports to continuous integration needs more than all of help does.
  const { tellError } = await import('./options/checks.ts');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.agreed;
    tellError(error.message);
    return exitCodes.usage;
  }
  const code = exitCodeOf(error);
  if (code === null) {
    tellError(String(error), error instanceof Error ? error.stack : undefined);
    throw error;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`colocheck: ${message}\n`);
  tellError(message);
  return code;
}

function exitCodeOf(error: unknown): number | null {
  if (error instanceof UsageError || error instanceof TraceError) return exitCodes.usage;
  if (error instanceof EnvironmentError || error instanceof SystemLost) return exitCodes.environment;
  return null;
}

process.exitCode = await main();
