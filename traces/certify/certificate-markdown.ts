/** A certificate for people. */
import { printCoverage } from '../../properties/coverage/coverage-table.ts';
import { cellName } from '../../properties/coverage/coverage.ts';
import type { Certificate, Verdict } from './certificate-schema.ts';

const headings: Record<Verdict, string> = {
  certified: 'certified',
  refused: 'NOT CERTIFIED: refused',
  diverged: 'NOT CERTIFIED: it diverged',
};

export function certificateMarkdown(certificate: Certificate): string {
  const { system, verdict, reasons } = certificate;
  return [
    `# ${plain(system.name)}: ${headings[verdict]}`,
    '',
    ...about(certificate),
    ...section('Why it is not certified', reasons.map(bullet)),
    ...section('Failures', failureLines(certificate)),
    ...section('What was run', partLines(certificate)),
    ...section('Cells', cellLines(certificate)),
    ...section('Laws', lawLines(certificate)),
    ...section('As the design document says, and not as QEMU does', documentedLines(certificate)),
    ...section('Left out, because it does not declare it', exclusionLines(certificate)),
    ...section('Recorded traces that it cannot be given', notApplicableLines(certificate)),
  ]
    .join('\n')
    .concat('\n');
}

function about({ system, versions, comparison, repeat }: Certificate): string[] {
  return [
    `| | |`,
    `| --- | --- |`,
    `| system | ${plain(system.name)}, as declared |`,
    `| its version | ${system.version === null ? 'not declared' : plain(system.version)} |`,
    `| named as | ${code(system.option)} |`,
    `| judged by | the reference model of colocheck ${versions.colocheck}, comparison: ${comparison} |`,
    `| on | node ${versions.node}, ${versions.platform} |`,
    `| the same again | ${code(repeat)} |`,
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

function failureLines({ failures }: Certificate): string[] {
  return failures.map(
    ({ part, from, sentence, operations, trace }) =>
      `- ${part}, ${plain(from)}: ${plain(sentence)} (${operations} operations: ${code(trace)})`,
  );
}

function partLines({ recorded, worlds, tours, campaign }: Certificate): string[] {
  return [
    recorded === null
      ? '- recorded traces: not run'
      : `- recorded traces: ${recorded.agreed} of ${recorded.total} agree, ${recorded.diverged} diverge, ${recorded.notApplicable.length} are not applicable, ${recorded.notRun} were not run`,
    ...(worlds.length === 0 ? ['- tours: none; they go the ways of one QEMU, not of its document'] : []),
    ...worlds.map((world) => `- tour of ${world}: ${tourText(tours.find((each) => each.world === world))}`),
    campaign === null
      ? '- random campaign: not run'
      : `- random campaign: ${campaign.cases} cases, ${campaign.operations} operations in ${campaign.seconds.toFixed(1)} s, seed ${campaign.seed}, cases of up to ${campaign.operationsMax} operations, geometry ${campaign.geometry}, ended by ${campaign.ended}`,
  ];
}

function tourText(tour: Certificate['tours'][number] | undefined): string {
  if (tour === undefined) return 'not run';
  const { covered, transitions, unentered, excluded, operations, otherwise, ended, about: text } = tour;
  return `${covered} of ${transitions - unentered} transitions, ${operations} operations (${ended}); ${text}; ${excluded} transitions more cannot be given to it, ${unentered} are of states that it does not come to, ${otherwise} steps ended in another allowed state`;
}

function cellLines({ cells, recorded, campaign }: Certificate): string[] {
  if (recorded === null && campaign === null) return [];
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const covered = cells.filter(({ count }) => count > 0);
  const missing = reachable.filter(({ count }) => count === 0);
  return [
    `A cell is an operation with an outcome in a mode and a stage. Covered: ${reachable.length - missing.length} of the ${reachable.length} that it can be brought to, by recorded traces and campaign.`,
    ...(missing.length === 0
      ? ['', 'Not covered: none.']
      : ['', 'Not covered:', '', ...missing.map((cell) => bullet(cellName(cell)))]),
    '',
    'Steps of each (`.` cannot be reached, `0` could and was not):',
    '',
    '```',
    printCoverage(reachable, covered),
    '```',
  ];
}

function lawLines({ laws }: Certificate): string[] {
  if (laws.length === 0) return [];
  return [
    'Judged after every step that could break them, of recorded traces and campaign:',
    '',
    '| law | steps | in one line |',
    '| --- | ---: | --- |',
    ...laws.map(({ name, steps, law }) => `| ${name} | ${steps} | ${plain(law)} |`),
  ];
}

function documentedLines({ documented }: Certificate): string[] {
  return Object.entries(documented).map(([name, count]) => `- ${plain(name)}: ${count} steps`);
}

function exclusionLines({ exclusions }: Certificate): string[] {
  return exclusions.map(({ what, names }) => `- ${what}: ${names.map(plain).join(', ')}`);
}

function notApplicableLines({ recorded }: Certificate): string[] {
  const byReason = new Map<string, string[]>();
  for (const { trace, reason } of recorded?.notApplicable ?? [])
    byReason.set(reason, [...(byReason.get(reason) ?? []), trace]);
  return [...byReason].flatMap(([reason, traces]) => [
    `- ${plain(reason)} (${traces.length}):`,
    ...traces.map((trace) => `  - ${trace}`),
  ]);
}

function bullet(text: string): string {
  return `- ${plain(text)}`;
}

/** Names and answers of somebody else's system are text here, and neither markup nor cells of a table. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);
}

function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`);
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
