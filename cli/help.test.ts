/** The help of each command fits a screen of 40 lines of 80 columns, and says first what everybody needs. */
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from './program.ts';

const program = await createProgram({ finish: () => {}, end: () => {} }, () => true);

function help(command: Command): readonly string[] {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return text.trimEnd().split('\n');
}

describe('--help', () => {
  test.each([program, ...program.commands].map((command) => [command.name(), command] as const))(
    'of %s',
    (_name, command) => {
      const lines = help(command);
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test('begins with the common options, and lists no mutant', () => {
    const verify = program.commands.find((command) => command.name() === 'verify');
    if (verify === undefined) throw new Error('there is no verify');
    const lines = help(verify);
    const first = lines.findIndex((line) => line === 'Options:');
    expect(lines[first + 1]).toMatch(/^ {2}--system <name>/);
    expect(lines.findIndex((line) => line.startsWith('What is tested'))).toBeGreaterThan(first);
    expect(lines.join('\n')).not.toContain('mutant:no-copy');
    expect(lines.join('\n')).not.toContain('--max-failures');
  });
});
