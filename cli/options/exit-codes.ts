/** With which code a command ends, and what it says of its verdict. */

/** `incomplete` promises nothing: interrupted, stopped at a bound, nothing checked, or colocheck itself has failed. */
export const exitCodes = {
  agreed: 0,
  diverged: 1,
  usage: 2,
  environment: 3,
  incomplete: 4,
  /** As a shell tells of a program that SIGPIPE has ended: whoever read the output has gone. */
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
Exit codes: 0 system and model agreed, 1 they diverged, 2 wrong usage or malformed trace,
3 something is missing in the environment (for instance QEMU), or an adapter breaks the protocol,
4 incomplete: interrupted, stopped at a bound, or nothing was checked (docs/ci.md).`;
