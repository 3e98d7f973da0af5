import { readFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { mutatedParts } from './mutated-parts.ts';
import { mutationReport, scoreOf } from './mutation-report.ts';
const part = Number(process.argv[2]);
const names = readFileSync(String(process.argv[3]), 'utf8').split('\n').filter(Boolean);
const report = mutationReport.parse(JSON.parse(readFileSync(mutatedParts[part]!.report, 'utf8')));
const ranges = new Set<string>();
for (const [file, { source, mutants }] of Object.entries(report.files))
  for (const m of mutants) {
    const { survivors } = scoreOf({ files: { [file]: { source, mutants: [m] } } });
    if (survivors[0] && names.includes(survivors[0]))
      ranges.add(`${file}:${m.location.start.line}-${m.location.start.line}`);
  }
const judges = [
  ...new Set(
    mutatedParts[part]!.runs.filter((r) =>
      r.sources.some((s) => [...ranges].some((x) => x.startsWith(s))),
    ).flatMap((r) => r.judges),
  ),
];
console.log([...ranges].length, judges.length);
const out = `reports/mutation/verify-${part}.json`;
await new Stryker({
  configFile: 'stryker.config.json',
  mutate: [...ranges],
  jsonReporter: { fileName: out },
  judges,
  concurrency: 1,
}).runMutationTest();
const got = scoreOf(mutationReport.parse(JSON.parse(readFileSync(out, 'utf8'))));
console.log(
  'judged',
  got.all,
  'still',
  got.survivors.filter((s) => names.includes(s)),
);
