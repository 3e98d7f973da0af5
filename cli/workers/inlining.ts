/** The limits of the engine's inlining, for what is small and hot enough to be paid back what the engine compiles for longer. */

/** A step crosses many small functions of model and system: with the engine's own limits half of them are called. */
const WIDER = ['--max-inlined-bytecode-size-cumulative=4000', '--max-inlined-bytecode-size=1500'];

/**
 * The flags of the engine for a command line. Campaigns go without: a minute of `verify` is no faster with them, and a
 * quarter of one is a tenth slower.
 */
export function inliningFlags([command = '', ...words]: readonly string[]): readonly string[] {
  const isHot = command === 'explore' || (command === 'bench' && !words.includes('--logs'));
  return isHot ? WIDER : [];
}
