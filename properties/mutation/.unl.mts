import { readFileSync } from 'node:fs';
import { mutationReport, scoreOf } from '/work/main/properties/mutation/mutation-report.ts';
const rep = String(process.argv[2]);
const known = new Set<string>(
  JSON.parse(readFileSync('/work/main/properties/mutation/survivors.json', 'utf8')).flatMap(
    (x: { survivors: string[] }) => x.survivors,
  ),
);
const { noticed, all, survivors } = scoreOf(mutationReport.parse(JSON.parse(readFileSync(rep, 'utf8'))));
const un = survivors.filter((s) => !known.has(s));
console.log(noticed, all, ((100 * noticed) / all).toFixed(2), survivors.length, 'unlisted', un.length);
for (const s of un) console.log(s);
console.log('gone:');
for (const k of known)
  if (!survivors.includes(k) && k.startsWith(process.argv[3] ?? 'impl')) console.log('  ' + k);
