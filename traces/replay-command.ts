/** The command that shows a saved trace again. */
import type { ComparisonMode } from '../properties/comparison-mode.ts';
import { shellWord } from '../properties/shell-word.ts';

/** A system by the name that it has in reports, and by what a command line calls it. */
export interface NamedSystem {
  readonly name: string;
  readonly option: string;
  /** What its answers were judged by; left out: QEMU. A replay judges by it again. */
  readonly comparison?: ComparisonMode;
}

export function replayCommand(path: string, { option }: NamedSystem): string {
  return `replay: npm run replay -- ${path} --system ${shellWord(option)}`;
}
