/** Judges the reports of mutation testing: each part must reach its score, and every survivor must be accounted for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { mutatedParts } from './mutated-parts.ts';
import { mutationReport, scoreOf } from './mutation-report.ts';

const root = join(import.meta.dirname, '../..');

const listed = z.array(z.object({ reason: z.string(), survivors: z.array(z.string()) }));

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read: npm run mutation without a file writes it`, { cause: error });
  }
}

/**
 * Whether all scores are reached and every survivor is listed with the reason why nothing could notice it; reports what
 * is missing. Throws where a report cannot be read.
 */
export function judgeReports(): boolean {
  const known = new Set(
    listed.parse(read('properties/self-mutation/survivors.json')).flatMap(({ survivors }) => survivors),
  );
  const found = new Set<string>();
  let isGood = true;
  for (const { name, report, percentMin } of mutatedParts) {
    const { noticed, all, survivors } = scoreOf(mutationReport.parse(read(report)));
    const percent = (100 * noticed) / all;
    const unlisted = survivors.filter((survivor) => !known.has(survivor));
    console.log(
      `${name}: ${noticed} of ${all} mutants noticed, ${percent.toFixed(1)} % (at least ${percentMin} %)`,
    );
    console.log(
      `  ${survivors.length - unlisted.length} survivors are listed with a reason, ${unlisted.length} are not`,
    );
    for (const survivor of survivors) found.add(survivor);
    for (const survivor of unlisted) console.log(`  not listed: ${survivor}`);
    isGood &&= percent >= percentMin && unlisted.length === 0;
  }
  for (const survivor of known) {
    if (!found.has(survivor)) console.log(`listed, and noticed now or gone: ${survivor}`);
  }
  return isGood;
}
