/** Two systems, of which one is to be as good as the other: which divergences are the same, 'mended', new. */
import { basename } from 'node:path';
import { runCampaign } from '../../properties/campaign/campaign.ts';
import type { CampaignCrew, Finding } from '../../properties/campaign/campaign.ts';
import { explore } from '../../properties/exploration/search/exploration.ts';
import { chooseWorlds } from '../../properties/exploration/explore-command.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { listTraces } from '../replay/failure-folder.ts';
import { readTrace } from '../format/trace-file.ts';
import { statusOf } from './deviation-status.ts';
import type { JudgedSystem, Status } from './deviation-status.ts';

export interface CompareOptions {
  readonly cases: number;
  readonly seed: number;
  readonly folders: readonly string[];
  /** Others who play batches of the campaign on a system; left out: this process alone. */
  readonly crewOn?: (system: string) => CampaignCrew | null;
}

/** `same`: both differ alike from the document; the others are said of head. */
export interface Compared {
  readonly what: string;
  readonly change: 'same' | 'mended' | 'new';
  readonly detail: string;
}

export interface NewDivergence {
  readonly testCase: Case;
  readonly divergence: Divergence;
  /** By how it was found. */
  readonly found: string;
}

export interface Comparison {
  readonly compared: readonly Compared[];
  /** The first that a campaign or a search found, shrunk. */
  readonly first: NewDivergence | null;
}

/** Rejects with `EnvironmentError` where a campaign could not go on. */
export async function compareSystems(
  base: JudgedSystem,
  head: JudgedSystem,
  options: CompareOptions,
  tell: (doing: string) => void,
): Promise<Comparison> {
  tell('recorded traces');
  const compared = await compareTraces(base, head, options.folders);
  tell('small worlds');
  const worlds = await compareWorlds(base, head);
  tell('a campaign');
  const campaign = await compareCampaigns(base, head, options);
  return {
    compared: [...compared, ...worlds.compared, ...campaign.compared],
    first: worlds.first ?? campaign.first,
  };
}

async function compareTraces(
  base: JudgedSystem,
  head: JudgedSystem,
  folders: readonly string[],
): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (const path of folders.flatMap(listTraces)) {
    const trace = readTrace(path);
    const before = await statusOf(base, trace);
    const after = await statusOf(head, trace);
    const change = changeOf(before, after);
    if (change !== null)
      compared.push({ what: `trace ${basename(path, '.json')}`, change, detail: after.detail });
  }
  return compared;
}

/** Null where there is nothing to report: it cannot be asked, or is right by QEMU and document. */
function changeOf(before: Status, after: Status): Compared['change'] | null {
  if (after.kind === 'not asked' || before.kind === 'not asked') return null;
  if (before.kind === after.kind) {
    if (after.kind === 'differs') return before.signature === after.signature ? 'same' : 'new';
    return 'same';
  }
  if (after.kind === 'mended') return 'mended';
  // What was fixed is back, or something is as neither.
  return after.kind === 'differs' || before.kind === 'mended' ? 'new' : 'mended';
}

/** Each is through in seconds. */
const worldNames = [
  'wrong-top-id',
  'second-starts',
  'primary',
  'failing-guest-writes',
  'long-copies',
  'two-clusters',
];

interface Part {
  readonly compared: readonly Compared[];
  readonly first: NewDivergence | null;
}

/** Of systems that hand out their states. What the document allows is no divergence. */
async function compareWorlds(base: JudgedSystem, head: JudgedSystem): Promise<Part> {
  const compared: Compared[] = [];
  let first: NewDivergence | null = null;
  if (base.qemu.kind === 'async' || head.qemu.kind === 'async') return { compared, first };
  for (const world of chooseWorlds(worldNames)) {
    const before = await searched(base, world);
    const after = await searched(head, world);
    if (before === null && after === null) continue;
    const isSame = before?.signature === after?.signature;
    const change = isSame ? 'same' : after === null ? 'mended' : 'new';
    compared.push({ what: `world ${world.name}`, change, detail: after?.signature ?? '' });
    if (change === 'new' && after !== null)
      first ??= { ...after, found: `found by a search of the world ${world.name}` };
  }
  return { compared, first };
}

async function searched({ qemu, document }: JudgedSystem, world: ReturnType<typeof chooseWorlds>[number]) {
  if (qemu.kind === 'async') return null;
  const { counterexample } = await explore(world, qemu.system, {
    systemName: qemu.option,
    workers: 1,
    memoryBytes: 2 ** 28,
    depthMax: Infinity,
    statesMax: 100_000,
    secondsMax: 120,
    reduction: 'reduced',
    checkpoint: null,
  });
  if (counterexample === null) return null;
  const divergence = await document.judge(counterexample, 'full');
  return divergence === null
    ? null
    : { testCase: counterexample, divergence, signature: signatureOf(divergence) };
}

const FINDINGS_MAX = 5;

async function compareCampaigns(
  base: JudgedSystem,
  head: JudgedSystem,
  options: CompareOptions,
): Promise<Part> {
  const before = await findingsOf(base.document, options);
  const after = await findingsOf(head.document, options);
  const known = new Set(before.map(({ signature }) => signature));
  const now = new Set(after.map(({ signature }) => signature));
  const [fresh] = after.filter(({ signature }) => !known.has(signature));
  return {
    compared: [
      ...after.map(({ signature }) => tellFinding(signature, known.has(signature) ? 'same' : 'new')),
      ...before
        .filter(({ signature }) => !now.has(signature))
        .map(({ signature }) => tellFinding(signature, 'mended')),
    ],
    first:
      fresh === undefined
        ? null
        : {
            testCase: fresh.minimal,
            divergence: fresh.divergence,
            found: `found in case ${fresh.caseIndex} of seed ${options.seed}`,
          },
  };
}

function tellFinding(signature: string, change: Compared['change']): Compared {
  return { what: `campaign ${signature}`, change, detail: '' };
}

async function findingsOf(
  subject: Subject,
  { cases, seed, crewOn }: CompareOptions,
): Promise<readonly Finding[]> {
  const statistics = await runCampaign(
    subject,
    {
      seed,
      casesMax: cases,
      secondsMax: Infinity,
      operationsMax: 100,
      geometry: 'mixed',
      depth: 'full',
      findingsMax: FINDINGS_MAX,
      crew: crewOn?.(subject.option) ?? null,
    },
    { progress: () => {}, finding: () => {}, interrupted: () => false },
  );
  // What was not played to its end says nothing of what is new.
  if (statistics.trouble !== null) throw statistics.trouble;
  return statistics.findings;
}

export function comparisonText({ compared }: Comparison): string {
  const told = compared.filter(({ change }) => change !== 'same');
  const count = (change: Compared['change']): number =>
    compared.filter((each) => each.change === change).length;
  return [
    ...told.map(
      ({ what, change, detail }) => `${change.padEnd(6)}  ${what}${detail === '' ? '' : `: ${detail}`}`,
    ),
    `${count('same')} the same, ${count('mended')} mended, ${count('new')} new`,
  ].join('\n');
}

export function isAsGood({ compared }: Comparison): boolean {
  return compared.every(({ change }) => change !== 'new');
}
