/**
 * Mutates the project, hot code one file at a time: what is made ready for mutants is slow, and the rest stays fast.
 * Where files are named only these are mutated, and what is known of the others is kept. At the end all reports are judged.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { judgeReports } from './judge-reports.ts';
import { mutatedParts } from './mutated-parts.ts';
import type { MutatedPart } from './mutated-parts.ts';
import { mutationReport, scoreOf } from './mutation-report.ts';
import type { MutationReport } from './mutation-report.ts';

/** Others may mutate other files at the same time. */
const RUN_REPORT = `properties/self-mutation/reports/run-${process.pid}.json`;

/** What was judged before. Throws an `Error` where there is a report that cannot be read. */
function known(path: string): MutationReport {
  if (!existsSync(path)) return { files: {} };
  try {
    return mutationReport.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(`${path} is no report of mutants: delete it, and mutate all files`, { cause: error });
  }
}

async function mutate(sources: readonly string[], judges: readonly string[]): Promise<MutationReport> {
  await new Stryker({
    configFile: 'stryker.config.json',
    mutate: [...sources],
    jsonReporter: { fileName: RUN_REPORT },
    judges,
  }).runMutationTest();
  const judged = mutationReport.parse(JSON.parse(readFileSync(RUN_REPORT, 'utf8')));
  rmSync(RUN_REPORT);
  return judged;
}

async function mutatePart({ runs, report }: MutatedPart, chosen: readonly string[]): Promise<void> {
  const all = new Set(runs.flatMap(({ sources }) => sources));
  const kept =
    chosen.length === 0 ? [] : Object.entries(known(report).files).filter(([file]) => all.has(file));
  let files = Object.fromEntries(kept);
  for (const { sources: meant, judges } of runs) {
    const sources = meant.filter((source) => chosen.length === 0 || chosen.includes(source));
    if (sources.length === 0) continue;
    const judged = await mutate(sources, judges);
    files = { ...files, ...judged.files };
    mkdirSync(dirname(report), { recursive: true });
    writeFileSync(report, JSON.stringify({ files }));
    for (const [file, told] of Object.entries(judged.files)) {
      const { noticed, all: count } = scoreOf({ files: { [file]: told } });
      console.log(`${file}: ${noticed} of ${count}`);
    }
  }
}

const chosen = process.argv.slice(2);
const sources = new Set(mutatedParts.flatMap(({ runs }) => runs.flatMap((run) => run.sources)));
const unknown = chosen.filter((path) => !sources.has(path));
if (unknown.length > 0) {
  console.error(
    `not mutated: ${unknown.join(', ')}; properties/self-mutation/mutated-parts.ts lists what is`,
  );
  process.exitCode = 2;
} else {
  try {
    for (const part of mutatedParts) await mutatePart(part, chosen);
    process.exitCode = judgeReports() ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
