/** The command of a result: what was typed, without where its output goes, which part of it is done here, and by how many. */
import { commandWords } from '../jobs/command-words.ts';
import { shellWord } from '../jobs/shell-word.ts';

const droppedWithValue = ['--shard', '--results', '--report', '--junit', '--workers'];

/** `args` are those after the name of the command. A seed that was drawn is added. */
export function repeatCommand(command: string, args: readonly string[], seed?: number): string {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (droppedWithValue.includes(arg)) index++;
    else if (!droppedWithValue.some((flag) => arg.startsWith(`${flag}=`))) kept.push(arg);
  }
  const hasSeed = kept.some((arg) => arg === '--seed' || arg.startsWith('--seed='));
  const seeded = seed === undefined || hasSeed ? kept : [...kept, '--seed', String(seed)];
  return commandWords(command, seeded.map(shellWord));
}
