#!/usr/bin/env node
/** The command line: runs the command that is named, and ends with its code. */
import { setFlagsFromString } from 'node:v8';
import { createProgram } from './program.ts';
import { explain, watchOutput } from './options/ended-badly.ts';
import { exitCodeOf, exitCodes } from './options/exit-codes.ts';
import type { Verdict } from './options/exit-codes.ts';
import { inliningFlags } from './workers/inlining.ts';

for (const flag of inliningFlags(process.argv.slice(2))) setFlagsFromString(flag);

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
