/** Long runs that go through all of replication over and over, to see and to measure how long pages behave. */
import seedrandom from 'seedrandom';
import type { Operation } from '../../model/operations.ts';
import type { Geometry } from '../../model/vocabulary.ts';
import type { Case } from '../../properties/cases/case.ts';

/** A failover, and what comes before and after it. */
const ROUND_STEPS = 100;
const CHECKPOINT_EVERY = 12;
const WRITE_SECTORS_MAX = 5;

/** The same for the same arguments. */
export function longCase(steps: number, geometry: Geometry): Case {
  const random = seedrandom.alea('long case');
  const below = (sides: number): number => Math.floor(random() * sides);
  const operations = Array.from({ length: steps }, (_, index) => {
    const sector = below(geometry.lengthSectors);
    const count = 1 + below(Math.min(WRITE_SECTORS_MAX, geometry.lengthSectors - sector));
    return roundStep(index % ROUND_STEPS, { sector, count, tag: 2 + below(60) }, below(3));
  });
  const initialContent = [{ sector: 0, count: geometry.lengthSectors, tag: 1 }];
  const node = {
    mode: 'secondary',
    geometry,
    initialContent,
    readOnly: [],
    badSectors: [],
    defects: [],
  } as const;
  return { setup: { nodes: [{ ...node, commitRequestsMax: 2 }] }, operations };
}

interface Place {
  readonly sector: number;
  readonly count: number;
  readonly tag: number;
}

function roundStep(step: number, place: Place, choice: number): Operation {
  const { tag: _tag, ...range } = place;
  if (step === 0) return { op: 'open' };
  if (step === 1) return { op: 'start', mode: 'secondary' };
  if (step === ROUND_STEPS - 12) return { op: 'stop', failover: true };
  if (step === ROUND_STEPS - 4) return { op: 'commitSettle' };
  if (step === ROUND_STEPS - 1) return { op: 'close' };
  if (step > ROUND_STEPS - 12 && step % 2 === 1) return { op: 'commitAdvance' };
  if (step % CHECKPOINT_EVERY === 0) return { op: 'checkpoint' };
  if (choice === 0) return { op: 'guestRead', ...range };
  return choice === 1 ? { op: 'guestWrite', ...place } : { op: 'primaryWrite', ...place };
}
