/** With which code a command ends, and what it says of its verdict. */

/** `incomplete` promises nothing: interrupted, stopped at a bound, nothing checked, or colocheck itself has failed. */
export const exitCodes = {
  agreed: 0,
  diverged: 1,
  usage: 2,
  environment: 3,
  incomplete: 4,
  /** As a shell speaks of a program that SIGPIPE has ended: whoever read the output has gone. */
  brokenPipe: 141,
};

/** Whether system and model agreed, or that not enough was checked to say so. */
export type Verdict = boolean | 'incomplete';

export type Finish = (verdict: Verdict) => void;

export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'incomplete') return exitCodes.incomplete;
  return verdict ? exitCodes.agreed : exitCodes.diverged;
}

export const exitCodeHelp = `
Exit codes (docs/ci.md): 0 agreed, 1 diverged, 2 wrong usage or malformed trace,
3 QEMU is missing or an adapter broken, 4 incomplete or nothing checked.`;
