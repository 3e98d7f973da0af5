/** Draws steps of overlapping requests for the real QEMU, and plays them: what comes of it is a history. */
import type { Answered, AsyncInFlightAccess, RequestNumber } from '../../../impl/in-flight.ts';
import type { AsyncSystem } from '../../../impl/system.ts';
import type { Operation } from '../../../model/operations.ts';
import type { NodeSetup, Setup } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';
import type { HistoryEvent } from '../history.ts';
import { requests } from './random-history.ts';

export type QemuStep =
  | { readonly kind: 'submit'; readonly request: RequestNumber; readonly operation: Operation }
  | { readonly kind: 'advance' | 'await'; readonly request: RequestNumber };

export interface QemuFlightCase {
  readonly setup: Setup;
  readonly steps: readonly QemuStep[];
}

type Overlapping = AsyncSystem & { readonly inFlight: AsyncInFlightAccess };

/** What cannot be submitted now waits until nothing is in flight; at the end all is awaited, oldest first. */
export async function playSteps(
  system: Overlapping,
  { setup, steps }: QemuFlightCase,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const open = new Map<RequestNumber, Operation>();
  const { inFlight } = system;
  const { alone, requestsMax } = inFlight.capabilities;
  const take = (answers: readonly Answered[]): void => {
    for (const { request, outcome } of answers) {
      events.push({ kind: 'answer', id: request, outcome });
      open.delete(request);
    }
  };
  const land = async (): Promise<void> => {
    while (open.size > 0) {
      const [oldest] = open.keys();
      if (oldest !== undefined) take(await inFlight.await(oldest));
    }
  };
  await system.load(setup, []);
  for (const step of steps) {
    if (step.kind !== 'submit') {
      if (open.has(step.request)) take(await inFlight[step.kind](step.request));
      continue;
    }
    const { request, operation } = step;
    const isAlone = alone.includes(operation.op);
    if (isAlone || open.has(request) || open.size >= requestsMax) await land();
    events.push({ kind: 'submit', id: request, operation });
    open.set(request, operation);
    if (isAlone) take([{ request, outcome: await system.apply(operation) }]);
    else take(await inFlight.submit(request, operation));
    if (open.size === 0 && !isAlone) await show();
  }
  await land();
  await show();
  return events;

  async function show(): Promise<void> {
    const { nodes } = await system.observe();
    events.push({
      kind: 'show',
      nodes: nodes.map(({ view, secondary }) => ({ ...(view && { view }), ...(secondary && { secondary }) })),
    });
  }
}

const clusters = [1, 8, 16, 128, 256] as const;

export function drawSetup(dice: Dice): Setup {
  const pick = (): number => clusters[dice.below(clusters.length)] ?? 8;
  const hidden = pick();
  const lengthSectors = dice.between(1, 4) * 96;
  const node: NodeSetup = {
    mode: 'secondary',
    geometry: {
      lengthSectors,
      sectorBytes: 512,
      activeClusterSectors: pick(),
      hiddenClusterSectors: hidden,
      copyUnitSectors: Math.max(128, hidden),
      commitUnitSectors: 128,
    },
    initialContent: [{ sector: 0, count: lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 16,
  };
  return { nodes: [node] };
}

/** Most requests are to few places, so that they meet. */
export function drawSteps(setup: Setup, count: number, dice: Dice): QemuStep[] {
  const length = setup.nodes[0]?.geometry.lengthSectors ?? 1;
  const places = Array.from({ length: 3 }, () => dice.below(length));
  const steps: QemuStep[] = [];
  let stage: 'closed' | 'none' | 'running' | 'stopped' = 'closed';
  let tag = 1;
  let last = -1;
  const submit = (operation: Operation): void => {
    steps.push({ kind: 'submit', request: ++last, operation });
  };
  for (;;) {
    if (last + 1 >= count) return steps;
    const roll = dice.below(100);
    if (stage === 'closed') submit({ op: 'open' });
    else if (stage === 'none' && roll < 80) submit({ op: 'start', mode: 'secondary' });
    else if (roll < 35) {
      const request = Math.max(0, last - dice.below(6));
      steps.push({ kind: dice.oneIn(3) ? 'await' : 'advance', request });
      continue;
    } else if (roll < 40) submit({ op: dice.oneIn(2) ? 'getError' : 'queryStatus' });
    else if (roll < 43) submit({ op: 'checkpoint' });
    else if (roll < 47 && stage === 'running') submit({ op: 'stop', failover: !dice.oneIn(4) });
    else if (roll < 52 && stage === 'stopped') submit({ op: 'commitSettle' });
    else if (roll < 55 && stage === 'stopped') submit({ op: 'close' });
    else submit(drawRequest(places, length, ++tag, dice));
    const operation = steps.at(-1)?.kind === 'submit' ? steps.at(-1) : undefined;
    if (operation?.kind !== 'submit') continue;
    const { op } = operation.operation;
    if (op === 'open') stage = 'none';
    else if (op === 'start') stage = 'running';
    else if (op === 'stop') stage = 'stopped';
    else if (op === 'close') stage = 'closed';
  }
}

function drawRequest(places: readonly number[], length: number, tag: number, dice: Dice): Operation {
  const op = requests[dice.below(requests.length)] ?? 'guestRead';
  if (op === 'guestFlush' || op === 'primaryFlush') return { op };
  const around = (places[dice.below(places.length)] ?? 0) + dice.below(5) - 2;
  const sector = Math.min(length - 1, Math.max(0, around));
  const most = Math.min(length - sector, dice.oneIn(12) ? 200 : 4);
  const range = { sector, count: dice.oneIn(40) ? 0 : dice.between(1, most) };
  if (op === 'guestWrite' || op === 'primaryWrite') return { op, ...range, tag };
  return { op, ...range };
}
