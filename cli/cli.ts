/** The command line: runs the command that is named, and ends with its code. */
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { tellError } from './options/checks.ts';
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
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync();
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** One line on stderr for whatever the user can put right; anything else is a defect of colocheck and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.agreed;
    tellError(error.message);
    return exitCodes.usage;
  }
  if (error instanceof UsageError || error instanceof TraceError) return complain(error, exitCodes.usage);
  if (error instanceof EnvironmentError || error instanceof SystemLost)
    return complain(error, exitCodes.environment);
  tellError(String(error), error instanceof Error ? error.stack : undefined);
  throw error;
}

function complain(error: Error, exitCode: number): number {
  process.stderr.write(`colocheck: ${error.message}\n`);
  tellError(error.message);
  return exitCode;
}

process.exitCode = await main();
