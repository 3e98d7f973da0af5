/** The parts of this project that are mutated, what judges each, and the score that it must reach. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface MutatedPart {
  readonly name: string;
  /** Where the report is written, from the root of the project. */
  readonly report: string;
  readonly percentMin: number;
  readonly runs: readonly MutatedRun[];
}

export interface MutatedRun {
  /** Source files that are mutated together; where they are at work all the time, each by itself. */
  readonly sources: readonly string[];
  /** Test files, those first that notice most in the shortest time. */
  readonly judges: readonly string[];
}

/** The files named, and those that lie in the folders named, without those left out; of a folder those meant. */
function filesOf(
  paths: readonly string[],
  isMeant: (name: string) => boolean,
  leftOut: readonly string[] = [],
): string[] {
  const named = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter(isMeant)
          .toSorted()
          .map((name) => join(path, name))
      : [path],
  );
  return [...new Set(named)].filter((path) => !leftOut.includes(path));
}

const isTest = (name: string): boolean => name.endsWith('.test.ts');
const isSource = (name: string): boolean => /^(?!.*(\.test|-bench)\.ts$).*\.ts$/.test(name);

function eachAlone(sources: readonly string[], judges: readonly string[]): MutatedRun[] {
  return sources.map((source) => ({ sources: [source], judges }));
}

const judgesOfImplementation = filesOf(
  [
    'traces/replay-on-efficient.test.ts',
    'impl/efficient/secondary-control.test.ts',
    'impl/efficient/running-requests.test.ts',
    'impl/efficient',
    'impl/payload.test.ts',
    'traces/error-strings.test.ts',
    'properties/quick-judgement.test.ts',
    'properties/saved-states.test.ts',
  ],
  isTest,
  ['impl/efficient/sampled-comparison.test.ts'],
);

const judgesOfShrinker = filesOf(
  [
    'properties/simpler-cases.test.ts',
    'properties/shortest',
    'properties/minimise.test.ts',
    'traces/saved-failures.test.ts',
    'properties/shrink-failure.test.ts',
  ],
  isTest,
);

// Left out is what runs the command line or the real QEMU: a mutant lives in this process only.
const judgesOfTraces = filesOf(['traces'], isTest, [
  'traces/checks.test.ts',
  'traces/command-line.test.ts',
  'traces/documented-commands.test.ts',
  'traces/exec-command.test.ts',
  'traces/many-machines.test.ts',
  'traces/qmp-script.test.ts',
  'traces/regressions.test.ts',
  'traces/replay-on-efficient.test.ts',
  'traces/shards.test.ts',
]);

/** What is at work only while the tests are loaded is judged in a new process each time: by few tests, then. */
const ownJudges: readonly MutatedRun[] = [
  {
    sources: ['itf-schema', 'itf-types', 'itf-value', 'itf-variables', 'itf'],
    judges: ['itf-file', 'itf'],
  },
  { sources: ['export-file', 'qmp-script'], judges: ['qmp-script-text', 'itf'] },
  { sources: ['explain'], judges: ['explain'] },
  {
    sources: ['trace-schema', 'recorded-schema', 'published-schema'],
    judges: ['trace-schema', 'broken-trace', 'recorded', 'trace-issue', 'trace-file', 'documented-traces'],
  },
].map(({ sources, judges }) => ({
  sources: sources.map((name) => `traces/${name}.ts`),
  judges: judges.map((name) => `traces/${name}.test.ts`),
}));

const shrinker = [
  'properties/minimise.ts',
  'properties/shorter-cases.ts',
  'properties/shrink-failure.ts',
  'properties/simpler-cases.ts',
  'properties/shortest',
];

export const mutatedParts: readonly MutatedPart[] = [
  {
    name: 'efficient implementation',
    report: 'properties/mutation/reports/implementation.json',
    percentMin: 92,
    runs: eachAlone(
      filesOf(['impl/efficient'], isSource, [
        'impl/efficient/altered-observations.ts',
        'impl/efficient/scenario.ts',
      ]),
      judgesOfImplementation,
    ),
  },
  {
    name: 'shrinker and traces',
    report: 'properties/mutation/reports/shrinker.json',
    percentMin: 85,
    runs: [
      ...eachAlone(filesOf(shrinker, isSource), judgesOfShrinker),
      ...ownJudges,
      {
        sources: filesOf(
          ['traces'],
          isSource,
          ownJudges.flatMap(({ sources }) => sources),
        ),
        judges: judgesOfTraces,
      },
    ],
  },
];
