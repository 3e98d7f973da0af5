/** How one seeded bug of requests in flight is found: by random search, seed after seed, and by going through every order. */
import type { InFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import { createInFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import type { MutantOrigin } from '../../../impl/mutants/mutant.ts';
import type { System } from '../../../impl/system.ts';
import { asQemu } from '../../../model/deviations.ts';
import { stopwatch } from '../../jobs/stopwatch.ts';
import { runFlightCampaign } from '../campaign/flight-campaign.ts';
import type { FlightFinding } from '../campaign/flight-statistics.ts';
import { exploreFlights, orderedSystem } from '../exhaustive/explore-flights.ts';
import { combinationsOf, flightWorlds } from '../exhaustive/flight-worlds.ts';
import { syncFlightSubject } from '../running/flight-subject.ts';
import type { FlightSubject, SyncFlightSubject } from '../running/flight-subject.ts';
import { shrinkFlight } from '../shrink/shrink-flight.ts';

/** The first failure of one seed. */
export interface RandomFlightKill {
  readonly seed: number;
  readonly signature: string;
  /** Operations and seconds until it was met. */
  readonly operations: number;
  readonly seconds: number;
  /** Steps of the case as it was drawn, and after shrinking. */
  readonly firstLength: number;
  readonly shrunkLength: number;
}

export interface OrderedFlightKill {
  readonly world: string;
  /** Of all worlds up to the one that explains nothing. */
  readonly orders: number;
  readonly seconds: number;
  /** Steps of the case, after shrinking, which the seconds leave out. */
  readonly shrunkLength: number;
}

export interface FlightRow {
  readonly mutant: string;
  readonly origin: MutantOrigin;
  readonly seeds: number;
  readonly random: readonly RandomFlightKill[];
  readonly ordered: OrderedFlightKill | null;
}

export interface FlightKillOptions {
  readonly seeds: number;
  readonly casesMax: number;
  /** In each world. */
  readonly ordersMax: number;
  readonly interrupted: () => boolean;
}

const OPERATIONS_MAX = 200;

export async function flightRow(mutant: InFlightMutant, options: FlightKillOptions): Promise<FlightRow> {
  const { name, origin } = mutant;
  const system = createInFlightMutant(mutant);
  const subject = syncFlightSubject(system);
  const random: RandomFlightKill[] = [];
  if (subject === null) throw new Error(`nothing can be in flight on ${system.name}`);
  for (let seed = 1; seed <= options.seeds; seed++) {
    const kill = await killFlightAtRandom(subject, seed, options);
    if (kill !== null) random.push(kill);
  }
  return { mutant: name, origin, seeds: options.seeds, random, ordered: await killInOrder(system, options) };
}

/** Null where the cases are through, and in each some order explains all. */
export async function killFlightAtRandom(
  subject: SyncFlightSubject,
  seed: number,
  { casesMax, interrupted }: Pick<FlightKillOptions, 'casesMax' | 'interrupted'>,
): Promise<RandomFlightKill | null> {
  const seconds = stopwatch();
  let operations = 0;
  let first: Pick<RandomFlightKill, 'operations' | 'seconds'> | null = null;
  // The campaign counts what it takes to shrink as well.
  const counted: FlightSubject = {
    ...subject,
    judge: (testCase, watch) => {
      const run = subject.judge(testCase, watch);
      operations += run.watch.operations;
      if (run.verdict.kind === 'wrong') first ??= { operations, seconds: seconds() };
      return run;
    },
  };
  const found: FlightFinding[] = [];
  const options = { seed, casesMax, secondsMax: Infinity, operationsMax: OPERATIONS_MAX, findingsMax: 1 };
  await runFlightCampaign(
    counted,
    { ...options, geometry: 'mixed' },
    { progress: () => {}, interrupted, finding: (finding) => found.push(finding) },
  );
  const [finding] = found;
  return finding === undefined || first === null ? null : killOf(finding, seed, first);
}

function killOf(
  { signature, original, minimal }: FlightFinding,
  seed: number,
  first: Pick<RandomFlightKill, 'operations' | 'seconds'>,
): RandomFlightKill {
  const lengths = { firstLength: original.steps.length, shrunkLength: minimal.steps.length };
  return { seed, signature, ...first, ...lengths };
}

/** World after world, in each the orders of so many combinations as are reached with `ordersMax`. */
export async function killInOrder(
  system: System,
  { ordersMax, interrupted }: Pick<FlightKillOptions, 'ordersMax' | 'interrupted'>,
): Promise<OrderedFlightKill | null> {
  const given = orderedSystem(system, asQemu);
  const subject = syncFlightSubject(system);
  if (given === null || subject === null) return null;
  const seconds = stopwatch();
  let before = 0;
  for (const world of flightWorlds) {
    let orders = 0;
    for (const combination of combinationsOf(world)) {
      if (orders >= ordersMax || interrupted()) break;
      // Signals are heard between two combinations.
      await new Promise((resolve) => setImmediate(resolve));
      const result = exploreFlights(given, world, world.reduction, undefined, [combination]);
      orders += result.orders;
      if (result.found === null) continue;
      const found = { world: world.name, orders: before + orders, seconds: seconds() };
      const { failing, divergence } = result.found;
      const { minimal } = await shrinkFlight(subject, failing, divergence);
      return { ...found, shrunkLength: minimal.steps.length };
    }
    before += orders;
  }
  return null;
}
