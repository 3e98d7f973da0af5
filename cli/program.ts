/** The commands of the command line. Of the one that is asked for, or whose help is, also its options are there. */
import { Command } from 'commander';
import type { Option } from 'commander';
import { commandList } from './command-list.ts';
import type { Ends, ListedCommand } from './command-list.ts';
import { versionsHere } from '../properties/jobs/versions.ts';

/** Groups in the order in which they appear, but that what stands under no heading of its own comes first. */
function commonFirst<Item extends Command | Option>(
  _unsorted: Item[],
  visible: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  const names = [...new Set(visible.map(groupOf))];
  const isCommon = (name: string): number => (name === 'Options:' ? 0 : 1);
  return new Map(
    names
      .toSorted((left, right) => isCommon(left) - isCommon(right))
      .map((name) => [name, visible.filter((item) => groupOf(item) === name)]),
  );
}

/** Loads the commands that `isAsked` takes by their names; of the others only name and summary are known. */
export async function createProgram(ends: Ends, isAsked: (name: string) => boolean): Promise<Command> {
  const program = new Command('colocheck')
    .description('Checks implementations of COLO block replication against a pure reference model.')
    .version(versionsHere().colocheck)
    .exitOverride()
    .configureHelp({ groupItems: commonFirst });
  for (const listed of commandList) {
    if (isAsked(listed.name)) await listed.add(program, ends);
    else addName(program, listed);
    const { summary, description } = listed;
    program.commands
      .find((command) => command.name() === listed.name)
      ?.summary(summary)
      .description(description);
  }
  return program;
}

function addName(program: Command, { name, words }: ListedCommand): void {
  const [first, ...rest] = words.split(' ');
  if (first === '[options]') program.command([name, ...rest].join(' ')).option('--any');
  else program.command(`${name} ${words}`);
}
