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
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter(isMeant)
          .toSorted()
          .map((name) => join(path, name))
      : [path],
  );
  return [...new Set(named)].filter((path) => !leftOut.includes(path));
}

/** Long ones judge nothing: they would run once a mutant. */
const isTest = (name: string): boolean => /(?<!\.long)\.test\.ts$/.test(name);
const isSource = (name: string): boolean => /^(?!.*(\.test|-bench)\.ts$).*\.ts$/.test(name);

function eachAlone(sources: readonly string[], judges: readonly string[]): MutatedRun[] {
  return sources.map((source) => ({ sources: [source], judges }));
}

const judgesOfImplementation = filesOf(
  [
    'traces/replay/replay-on-efficient.test.ts',
    'impl/efficient/node/secondary-control.test.ts',
    'impl/efficient/node/running-requests.test.ts',
    'impl/efficient',
    'impl/payload.test.ts',
    'traces/replay/error-strings.test.ts',
    'properties/campaign/quick-judgement.test.ts',
    'properties/lockstep/saved-states.test.ts',
  ],
  isTest,
  ['impl/efficient/compare/sampled-comparison.test.ts'],
);

const judgesOfShrinker = filesOf(
  ['properties/shrink/simpler-cases.test.ts', 'properties/shrink', 'traces/replay/saved-failures.test.ts'],
  isTest,
);

const traceFolders = ['traces/format', 'traces/replay', 'traces/record', 'traces/export'];

// Left out is what runs the command line or the real QEMU: a mutant lives in this process only.
const judgesOfTraces = filesOf(traceFolders, isTest, [
  'traces/export/qmp-script.test.ts',
  'traces/replay/regressions.test.ts',
  'traces/replay/replay-on-efficient.test.ts',
]);

/** What is at work only while the tests are loaded is judged in a new process each time: by few tests, then. */
const ownJudges: readonly MutatedRun[] = [
  {
    sources: [
      'export/itf-schema',
      'export/itf-types',
      'export/itf-value',
      'export/itf-variables',
      'export/itf',
    ],
    judges: ['export/itf-file', 'export/itf'],
  },
  { sources: ['export/export-file', 'export/qmp-script'], judges: ['export/qmp-script-text', 'export/itf'] },
  { sources: ['replay/explain'], judges: ['replay/explain'] },
  {
    sources: ['format/trace-schema', 'format/recorded-schema', 'export/published-schema'],
    judges: [
      'format/trace-schema',
      'format/broken-trace',
      'replay/recorded',
      'format/trace-issue',
      'format/trace-file',
      'replay/documented-traces',
    ],
  },
].map(({ sources, judges }) => ({
  sources: sources.map((name) => `traces/${name}.ts`),
  judges: judges.map((name) => `traces/${name}.test.ts`),
}));

export const mutatedParts: readonly MutatedPart[] = [
  {
    name: 'efficient implementation',
    report: 'properties/self-mutation/reports/implementation.json',
    percentMin: 92,
    runs: eachAlone(
      filesOf(['impl/efficient'], isSource, [
        'impl/efficient/testing/altered-observations.ts',
        'impl/efficient/testing/scenario.ts',
      ]),
      judgesOfImplementation,
    ),
  },
  {
    name: 'shrinker and traces',
    report: 'properties/self-mutation/reports/shrinker.json',
    percentMin: 85,
    runs: [
      ...eachAlone(filesOf(['properties/shrink'], isSource), judgesOfShrinker),
      ...ownJudges,
      {
        sources: filesOf(traceFolders, isSource, [
          'traces/export/testing/bare-qemu.ts',
          ...ownJudges.flatMap(({ sources }) => sources),
        ]),
        judges: judgesOfTraces,
      },
    ],
  },
];
