/** The limits of the engine's inlining, for runs long enough to be paid back what it then compiles for longer. */

/** A step crosses many small functions of model and system: with the engine's own limits half of them are called. */
const WIDER = ['--max-inlined-bytecode-size-cumulative=4000', '--max-inlined-bytecode-size=1500'];

/** Systems whose answers are waited for: the engine has little to do. */
const isWaitedFor = /^(--system=)?(qemu|exec:|module:)/;

/**
 * The flags of the engine for a command line. Campaigns of 20,000 cases take half of the processor time without them, and
 * 200,000 cases a tenth more: a run that is bounded by `--cases` goes without. Where requests overlap, time is spread over so
 * many functions that it never pays.
 */
export function inliningFlags([command = '', ...words]: readonly string[]): readonly string[] {
  if (command === 'explore') return WIDER;
  if (command === 'bench') return words.includes('--logs') ? [] : WIDER;
  const isShort = words.some((word) => /^--(cases(=|$)|in-flight$)/.test(word) || isWaitedFor.test(word));
  return command === 'verify' && !isShort ? WIDER : [];
}
