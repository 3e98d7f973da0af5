/** The command that shows a saved trace again. */
import { commandWords } from '../../properties/jobs/command-words.ts';
import { shellWord } from '../../properties/jobs/shell-word.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

/** A system by the name that it has in reports, and by what a command line calls it. */
export interface NamedSystem {
  readonly name: string;
  readonly option: string;
  /** The further words that a command line needs to have the same one again. */
  readonly settings?: readonly string[];
  /** What its answers were judged by; left out: QEMU. A replay judges by it again. */
  readonly comparison?: ComparisonMode;
}

export function replayCommand(path: string, of: NamedSystem): string {
  return `replay: ${commandWords('replay', [shellWord(path), systemWords(of)])}`;
}

/** The words of a command line that name the system. */
export function systemWords({ option, settings = [] }: NamedSystem): string {
  return ['--system', option, ...settings].map(shellWord).join(' ');
}
