/** The help lists each command as the command itself says it, without loading any. */
import { Command, Help } from 'commander';
import { expect, test } from 'vitest';
import { commandList } from './command-list.ts';

test.each(commandList)('$name $words', async ({ name, words, add }) => {
  const program = new Command();
  await add(program, { finish: () => {}, end: () => {} });
  const [command] = program.commands;
  if (command === undefined) throw new Error(`${name} adds no command`);
  expect(new Help().subcommandTerm(command)).toBe(`${name} ${words}`.trim());
  expect(command.description()).toBe('');
});
