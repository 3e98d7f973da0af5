/** Which commands there are. Each is loaded only where it is asked for: all together take longer to load than most run. */
import type { Command } from 'commander';
import type { Finish } from './options/exit-codes.ts';

/** What a command is given to say how it ended: whether all agreed, or with which code. */
export interface Ends {
  readonly finish: Finish;
  readonly end: (exitCode: number) => void;
}

export interface ListedCommand {
  readonly name: string;
  /** Its arguments, as help shows them. */
  readonly words: string;
  /** In the list of all commands. */
  readonly summary: string;
  /** In its own help. */
  readonly description: string;
  /** Adds the command with its options. */
  readonly add: (program: Command, ends: Ends) => Promise<void>;
}

export const commandList: readonly ListedCommand[] = [
  {
    name: 'verify',
    words: '[options]',
    summary: 'Random operations on the system and the model.',
    description: 'Random operations on the system and the model, all compared after each.',
    add: async (program, { finish }) => (await import('./commands/verify.ts')).addVerify(program, finish),
  },
  {
    name: 'explore',
    words: '[options] [worlds...]',
    summary: 'Every operation in every state of small worlds.',
    description:
      'Every operation in every state of small worlds, on the system and the model, breadth first.',
    add: async (program, { finish }) => (await import('./commands/explore.ts')).addExplore(program, finish),
  },
  {
    name: 'tour',
    words: '[options] [world]',
    summary: 'A slow system on every transition of a small world.',
    description: 'Walks a system over every transition of a small world, in lockstep with the model.',
    add: async (program, { finish }) => (await import('./commands/tour.ts')).addTour(program, finish),
  },
  {
    name: 'mutants',
    words: '[options] [names...]',
    summary: 'Every seeded bug by every method, or --list.',
    description: 'Runs every seeded bug: at random, by the laws alone, exhaustively, by recorded traces.',
    add: async (program, { finish }) => (await import('./commands/mutants.ts')).addMutants(program, finish),
  },
  {
    name: 'merge',
    words: '[options] <files...>',
    summary: 'Puts the results of shards together.',
    description: 'Puts the results of shards together, and prints what one machine would have printed.',
    add: async (program, { finish }) => (await import('./commands/merge.ts')).addMerge(program, finish),
  },
  {
    name: 'traces',
    words: '[options] [places...]',
    summary: 'Lists saved traces, and who diverges on them.',
    description:
      'Lists saved traces: signature, length, where found, and which systems diverge on them today.',
    add: async (program, { finish }) => (await import('./commands/traces.ts')).addTraces(program, finish),
  },
  {
    name: 'certify',
    words: '[options]',
    summary: 'Everything on one system, and a certificate of it.',
    description:
      'Runs the recorded traces, tours of small worlds and a random campaign over what a system declares, and writes a certificate.',
    add: async (program, { finish }) => (await import('./commands/certify.ts')).addCertify(program, finish),
  },
  {
    name: 'deviations',
    words: '[options]',
    summary: 'Which deviations binaries of QEMU show today.',
    description:
      'Plays the trace of each deviation on binaries of QEMU and writes what each shows, as 7.2 or as its document, into docs/deviations.md.',
    add: async (program, { finish }) =>
      (await import('./commands/deviations.ts')).addDeviations(program, finish),
  },
  {
    name: 'replay',
    words: '[options] <trace>',
    summary: 'Runs a saved trace again, or shrinks it.',
    description: 'Runs a saved trace on the system and the model and says at which step what differed.',
    add: async (program, { finish }) => (await import('./commands/replay.ts')).addReplay(program, finish),
  },
  {
    name: 'judge',
    words: '[options] <logs...>',
    summary: 'Holds logs of any system against the model.',
    description:
      'Holds what any system was asked, answered and showed against the model, and says at which line what differs.',
    add: async (program, { finish }) => (await import('./commands/judge.ts')).addJudge(program, finish),
  },
  {
    name: 'view',
    words: '[options] <trace>',
    summary: 'Writes a trace as an HTML page.',
    description:
      'Writes one HTML file that shows every step of a trace, on the system and the model. Without --system that is the one that the trace was found on.',
    add: async (program, { finish }) => (await import('./commands/view.ts')).addView(program, finish),
  },
  {
    name: 'explain',
    words: '<line|trace>',
    summary: 'Which cells and traces exercise a line of the seed.',
    description: 'Says which cells and traces exercise a line of the seed, or which lines a trace exercises.',
    add: async (program) => (await import('./explain.ts')).addExplain(program),
  },
  {
    name: 'export',
    words: '[options] <trace>',
    summary: 'Writes a trace for tools outside this project.',
    description: 'Writes a trace for those who have nothing of this project.',
    add: async (program) => (await import('./commands/export.ts')).addExport(program),
  },
  {
    name: 'lines',
    words: '[options] <driver>',
    summary: 'Which lines of a C driver a campaign misses.',
    description:
      'Runs a campaign on a C driver that counts, and reports which statements and conditions it missed.',
    add: async (program, { finish }) => (await import('./commands/lines.ts')).addLines(program, finish),
  },
  {
    name: 'compare',
    words: '[options]',
    summary: 'What is new in one system against another.',
    description: 'Says which divergences of a system are the same as those of another, "mended", or new.',
    add: async (program, { end }) => (await import('./commands/compare.ts')).addCompare(program, end),
  },
  {
    name: 'matrix',
    words: '[options]',
    summary: 'Every known deviation on several systems.',
    description:
      'Every known deviation on several systems: as QEMU 7.2 does, "mended" (as its document says), or as neither.',
    add: async (program, { finish }) => (await import('./commands/compare.ts')).addMatrix(program, finish),
  },
  {
    name: 'bench',
    words: '[options]',
    summary: 'Measures speed.',
    description: 'Measures the lockstep, its parts, and the data path of the efficient implementation.',
    add: async (program) => (await import('./bench.ts')).addBench(program),
  },
];
