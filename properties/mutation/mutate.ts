/**
 * Mutates the project, one file at a time: code that is made ready for mutants is slow, and the rest stays fast. Named
 * files are judged alone, and what is known of the others is kept. `npm run mutation` judges the reports afterwards.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { mutatedParts } from './mutated-parts.ts';
import type { MutatedPart } from './mutated-parts.ts';
import { mutationReport, scoreOf } from './mutation-report.ts';
import type { MutationReport } from './mutation-report.ts';

const FILE_REPORT = 'reports/mutation/file.json';

function known(path: string): MutationReport {
  try {
    return mutationReport.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { files: {} };
  }
}

async function mutate(source: string, judges: readonly string[]): Promise<MutationReport> {
  await new Stryker({
    configFile: 'stryker.config.json',
    mutate: [source],
    jsonReporter: { fileName: FILE_REPORT },
    judges,
  }).runMutationTest();
  return mutationReport.parse(JSON.parse(readFileSync(FILE_REPORT, 'utf8')));
}

async function mutatePart(part: MutatedPart, chosen: readonly string[]): Promise<void> {
  const sources = part.sources.filter((source) => chosen.length === 0 || chosen.includes(source));
  for (const source of sources) {
    const judged = await mutate(source, part.judges);
    const { files } = known(part.report);
    const kept = Object.entries(files).filter(([name]) => part.sources.includes(name) && name !== source);
    const report = { files: { ...Object.fromEntries(kept), ...judged.files } };
    mkdirSync(dirname(part.report), { recursive: true });
    writeFileSync(part.report, JSON.stringify(report));
    const { noticed, all } = scoreOf(judged);
    console.log(`${source}: ${noticed} of ${all}`);
  }
}

const chosen = process.argv.slice(2);
const sources = new Set(mutatedParts.flatMap((part) => part.sources));
const unknown = chosen.filter((path) => !sources.has(path));
if (unknown.length > 0) {
  console.error(`not mutated: ${unknown.join(', ')}; properties/mutation/mutated-parts.ts lists what is`);
  process.exitCode = 2;
} else {
  for (const part of mutatedParts) await mutatePart(part, chosen);
}
