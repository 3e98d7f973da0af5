#!/usr/bin/env node
/** The command line: runs the command that is named, and ends with its code. */
import { setFlagsFromString } from 'node:v8';
import { createProgram } from './program.ts';
import { explain, watchOutput } from './options/ended-badly.ts';
import { exitCodeOf, exitCodes } from './options/exit-codes.ts';
import type { Verdict } from './options/exit-codes.ts';

// A step crosses many small functions of model and system: with the engine's own limits half of them are called. What
// judges logs mostly parses them, and where requests overlap time is spread over so many functions that both would only
// compile for longer.
const compilesLonger = ['judge', '--logs', '--in-flight'];
if (!compilesLonger.some((word) => process.argv.includes(word))) {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
  setFlagsFromString('--max-inlined-bytecode-size=1500');
}

async function main(): Promise<number> {
  let exitCode: number = exitCodes.agreed;
  const finish = (verdict: Verdict): void => {
    exitCode = exitCodeOf(verdict);
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
    return explain(error);
  }
}

/** Null while nothing has gone wrong with the output. */
let outputCode: number | null = null;
watchOutput((exitCode) => {
  outputCode ??= exitCode;
  process.exitCode = codeOf(process.exitCode);
});
process.on('uncaughtException', (error) => process.exit(explain(error)));
process.on('exit', () => {
  process.exitCode = codeOf(process.exitCode);
});

/** What was found counts for more than that nobody reads of it. */
function codeOf(exitCode: typeof process.exitCode): typeof process.exitCode {
  return outputCode === null || exitCode === exitCodes.diverged ? exitCode : outputCode;
}

process.exitCode = await main();
