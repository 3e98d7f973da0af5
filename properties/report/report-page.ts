/** A result as one page that needs nothing else: no network, no script. */
import { resultSummary } from './result-summary.ts';
import type { Result, VerifyResult } from '../results/result-schema.ts';
import { branchesTaken, gapsOf } from '../campaign/verify-summary.ts';
import { lengthsChart, progressChart } from './charts.ts';
import { failureList } from './failure-list.ts';
import { heatMaps } from './heat-map.ts';
import { escaped, grouped, secondsText } from './markup.ts';
import { pageStyle } from './page-style.ts';
import { timeSplit } from './time-split.ts';

/** `path` is where the page is going to lie. */
export function reportPage(result: Result, isSound: boolean, path: string): string {
  const title = `colocheck ${result.command}: ${result.system.name}`;
  const kinds = result.command === 'mutants' ? 0 : result.failures.length;
  const verdict = isSound ? 'All is well' : kinds === 0 ? 'Not all is well' : `${kinds} failures`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${pageStyle}</style></head><body>
<h1>${escaped(title)}</h1>
<div class="verdict ${isSound ? 'good' : 'bad'}">${result.command === 'verify' ? verifyVerdict(result, isSound) : verdict}</div>
${result.command === 'verify' ? campaign(result, path) : job(result, path)}
</body></html>
`;
}

function verifyVerdict({ failures, savedFailures, system }: VerifyResult, isSound: boolean): string {
  const saved = savedFailures.failing.length;
  if (failures.length > 0) return `${failures.length} kinds of failure`;
  if (saved > 0) return `${saved} saved failures still fail`;
  return isSound
    ? `✓ ${escaped(system.name)} and the model agree`
    : 'ended by an error, or not all was reached';
}

function job(result: Exclude<Result, VerifyResult>, path: string): string {
  const failures = result.command === 'mutants' ? [] : result.failures;
  return `${asked(result, [])}
<section><h2>Failures</h2>${failureList(failures, result, path)}</section>
<section><h2>Summary</h2><div class="wide"><pre>${escaped(resultSummary(result))}</pre></div></section>`;
}

function campaign(result: VerifyResult, path: string): string {
  const { failures, savedFailures, timing } = result;
  const missing = gapsOf(result);
  const still = savedFailures.failing.map(
    ({ signature, operations, path: trace }) =>
      `<li>${escaped(signature)}, ${operations} operations: ${escaped(trace)}</li>`,
  );
  const machines = timing.longest < timing.seconds ? ' <small>all shards together</small>' : '';
  return `${tiles(result)}
${asked(result, optionFacts(result))}
<section><h2>Failures</h2>${failureList(failures, result, path)}${still.length === 0 ? '' : `<p>Saved before, and still failing:</p><ul>${still.join('')}</ul>`}</section>
<div class="pair">
<section><h2>Operations over time</h2>${progressChart(result)}</section>
<section><h2>Lengths of the cases</h2>${lengthsChart(result)}</section>
</div>
<section><h2>Where the time went${machines}</h2>${timeSplit(timing)}</section>
${missing.length === 0 ? '' : `<section><h2>Not reached <small>${missing.length} cells and branches of replication.c</small></h2><ul class="missing">${missing.map((name) => `<li>${escaped(name)}</li>`).join('')}</ul></section>`}
<section><h2>What was reached how often</h2>
<p><small>rarely<span class="scale"></span>often, by the logarithm. An empty place cannot be reached; a dashed 0 can be and was not.</small></p>
${heatMaps(result)}</section>`;
}

function tiles(result: VerifyResult): string {
  const { cases, operations, timing, cells, branches, failures, repeatedFailures } = result;
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const reached = reachable.filter(({ count }) => count > 0).length;
  const rate = operations / Math.max(timing.longest, 0.001);
  const figures: readonly (readonly [string, string])[] = [
    [grouped(cases), 'cases'],
    [grouped(operations), 'operations checked'],
    [grouped(rate), 'operations a second'],
    [secondsText(timing.longest), timing.longest < timing.seconds ? 'the longest shard' : 'elapsed'],
    [`${reached} / ${reachable.length}`, 'cells reached'],
    [`${branchesTaken(branches).size} / ${branches.names.length}`, 'branches of replication.c'],
    [
      String(failures.length),
      repeatedFailures === 0 ? 'kinds of failure' : `kinds of failure, ${grouped(repeatedFailures)} repeated`,
    ],
  ];
  return `<div class="tiles">${figures.map(([figure, what]) => `<div class="tile"><b>${figure}</b><span>${what}</span></div>`).join('')}</div>`;
}

type Fact = readonly [string, string];

function optionFacts({ options, ended, trouble }: VerifyResult): readonly Fact[] {
  return [
    ['seed', String(options.seed)],
    [
      'geometry',
      `${options.geometry}, compared ${options.depth}, cases of up to ${options.operations} operations`,
    ],
    ['ended by', trouble === null ? ended : `${ended}: ${trouble}`],
  ];
}

/** The command, and what it was run with. */
function asked(result: Result, more: readonly Fact[]): string {
  const { repeat, versions, comparison, shards, system } = result;
  const facts: readonly Fact[] = [
    ['system', `${system.name} (--system ${system.option})`],
    ['comparison', comparison],
    ...more,
    ...(shards.count === 1 ? [] : [['shards', `${shards.done.join(', ')} of ${shards.count}`] as const]),
    ['versions', `colocheck ${versions.colocheck}, Node ${versions.node}, ${versions.platform}`],
  ];
  const rows = facts.map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<section><h2>The command</h2><pre>${escaped(repeat)}</pre><table class="facts">${rows.join('')}</table></section>`;
}
