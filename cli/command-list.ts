/** Which commands there are. Each is loaded only where it is asked for: all together take longer to load than most run. */
import type { Command } from 'commander';

/** What a command is given to say how it ended: whether all agreed, or with which code. */
export interface Ends {
  readonly finish: (agreed: boolean) => void;
  readonly end: (exitCode: number) => void;
}

export interface ListedCommand {
  readonly name: string;
  /** Its arguments, as help shows them. */
  readonly words: string;
  readonly description: string;
  /** Adds the command with its options. */
  readonly add: (program: Command, ends: Ends) => Promise<void>;
}

export const commandList: readonly ListedCommand[] = [
  {
    name: 'verify',
    words: '[options]',
    description: 'Random sequences of operations on the system and the model, compared after every step.',
    add: async (program, { finish }) => (await import('./commands/verify.ts')).addVerify(program, finish),
  },
  {
    name: 'explore',
    words: '[options] [worlds...]',
    description:
      'Every operation in every state of small worlds, on the system and the model, breadth first.',
    add: async (program, { finish }) => (await import('./commands/explore.ts')).addExplore(program, finish),
  },
  {
    name: 'tour',
    words: '[options] [world]',
    description: 'Walks a system over every transition of a small world, in lockstep with the model.',
    add: async (program, { finish }) => (await import('./commands/tour.ts')).addTour(program, finish),
  },
  {
    name: 'mutants',
    words: '[options] [names...]',
    description: 'Runs every seeded bug: at random, by the laws alone, exhaustively, by recorded traces.',
    add: async (program, { finish }) => (await import('./commands/mutants.ts')).addMutants(program, finish),
  },
  {
    name: 'merge',
    words: '[options] <files...>',
    description: 'Puts the results of shards together, and prints what one machine would have printed.',
    add: async (program, { finish }) => (await import('./commands/merge.ts')).addMerge(program, finish),
  },
  {
    name: 'traces',
    words: '[options] [places...]',
    description:
      'Lists saved traces: signature, length, where found, and which systems diverge on them today.',
    add: async (program, { finish }) => (await import('./commands/traces.ts')).addTraces(program, finish),
  },
  {
    name: 'certify',
    words: '[options]',
    description:
      'Runs the recorded traces, tours of small worlds and a random campaign over what a system declares, and writes a certificate.',
    add: async (program, { finish }) => (await import('./commands/certify.ts')).addCertify(program, finish),
  },
  {
    name: 'deviations',
    words: '[options]',
    description:
      'Plays the trace of each deviation on binaries of QEMU and writes what each shows, as 7.2 or as its document, into docs/deviations.md.',
    add: async (program, { finish }) =>
      (await import('./commands/deviations.ts')).addDeviations(program, finish),
  },
  {
    name: 'replay',
    words: '[options] <trace>',
    description: 'Runs a saved trace on the system and the model and says at which step what differed.',
    add: async (program, { finish }) => (await import('./commands/replay.ts')).addReplay(program, finish),
  },
  {
    name: 'judge',
    words: '[options] <logs...>',
    description:
      'Holds what any system was asked, answered and showed against the model, and says at which line what differs.',
    add: async (program, { finish }) => (await import('./commands/judge.ts')).addJudge(program, finish),
  },
  {
    name: 'view',
    words: '[options] <trace>',
    description:
      'Writes one HTML file that shows every step of a trace, on the system and the model. Without --system that is the one that the trace was found on.',
    add: async (program, { finish }) => (await import('./commands/view.ts')).addView(program, finish),
  },
  {
    name: 'explain',
    words: '<line|trace>',
    description:
      'Tells which cells and traces exercise a line of the seed, or which lines a trace exercises.',
    add: async (program) => (await import('./explain.ts')).addExplain(program),
  },
  {
    name: 'export',
    words: '[options] <trace>',
    description: 'Writes a trace for those who have nothing of this project.',
    add: async (program) => (await import('./commands/export.ts')).addExport(program),
  },
  {
    name: 'lines',
    words: '[options] <driver>',
    description:
      'Runs a campaign on a C driver that counts, and reports which statements and conditions it missed.',
    add: async (program, { finish }) => (await import('./commands/lines.ts')).addLines(program, finish),
  },
  {
    name: 'compare',
    words: '[options]',
    description: 'Says which divergences of a system are the same as those of another, "mended", or new.',
    add: async (program, { end }) => (await import('./commands/compare.ts')).addCompare(program, end),
  },
  {
    name: 'matrix',
    words: '[options]',
    description:
      'Every known deviation on several systems: as QEMU 7.2 does, "mended" (as its document says), or as neither.',
    add: async (program, { finish }) => (await import('./commands/compare.ts')).addMatrix(program, finish),
  },
  {
    name: 'bench',
    words: '[options]',
    description: 'Measures the lockstep, its parts, and the data path of the efficient implementation.',
    add: async (program) => (await import('./bench.ts')).addBench(program),
  },
];
