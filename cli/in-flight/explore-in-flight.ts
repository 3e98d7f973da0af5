/** The command `explore --in-flight`: every order of a few requests in small worlds. */
import type { Verdict } from '../options/exit-codes.ts';
import { isInterrupted, noteDivergence, untilInterrupted } from '../options/interruption.ts';
import { print } from '../options/options.ts';
import { asQemu } from '../../model/deviations.ts';
import { playAnew } from '../../properties/in-flight/campaign/confirm-flight.ts';
import { exploreFlights, orderedSystem } from '../../properties/in-flight/exhaustive/explore-flights.ts';
import type {
  FlightFound,
  FlightWorldResult,
} from '../../properties/in-flight/exhaustive/explore-flights.ts';
import {
  describeFlightWorlds,
  flightWorldLine,
  flightWorldsNamed,
} from '../../properties/in-flight/exhaustive/flight-worlds-text.ts';
import { flightWorlds } from '../../properties/in-flight/exhaustive/flight-worlds.ts';
import { flightSignature } from '../../properties/in-flight/running/flight-divergence.ts';
import { syncFlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { shrinkFlight } from '../../properties/in-flight/shrink/shrink-flight.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { openSystem } from '../../properties/subjects/subjects.ts';
import { recordFlight } from '../../traces/in-flight/record-flight.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';

interface InFlightFlags {
  readonly system: string;
  readonly failures: string;
  readonly minutes?: number;
  readonly unreduced?: true;
  readonly list?: true;
  readonly json?: true;
}

export async function exploreInFlight(names: readonly string[], flags: InFlightFlags): Promise<Verdict> {
  const worlds = flightWorldsNamed(names);
  if (worlds === null)
    throw new UsageError(`use ${flightWorlds.map(({ name }) => name).join(', ')} with --in-flight`);
  if (flags.list === true) {
    print(describeFlightWorlds());
    return true;
  }
  requireWritable(flags.failures);
  const system = openSystem(flags.system);
  const given = orderedSystem(system, asQemu);
  const subject = syncFlightSubject(system, flags.system);
  if (given === null || subject === null)
    throw new UsageError(`requests on ${flags.system} cannot be put in every order: it has no "isWaiting"`);
  const secondsMax = (flags.minutes ?? Infinity) * 60;
  return untilInterrupted(async () => {
    const results: FlightWorldResult[] = [];
    const reports: string[] = [];
    for (const world of worlds) {
      const seconds = stopwatch();
      const isStopped = (): boolean => isInterrupted() || seconds() >= secondsMax;
      const reduction = flags.unreduced === true ? 'none' : world.reduction;
      const result = exploreFlights(given, world, reduction, isStopped);
      results.push(result);
      if (flags.json !== true) print(flightWorldLine(result));
      if (result.found !== null) reports.push(await report(subject, result.world, result.found, flags));
      // Signals are heard between two worlds.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (flags.json === true) print(JSON.stringify(results.map(plain), null, 2));
    else if (reports[0] !== undefined) print(`\n${reports[0]}`);
    if (reports.length > 0) return false;
    return results.every(({ ended, undecided }) => ended === 'all' && undecided === 0) ? true : 'incomplete';
  });
}

async function report(
  subject: FlightSubject,
  world: string,
  { failing, divergence }: FlightFound,
  { failures }: InFlightFlags,
): Promise<string> {
  noteDivergence();
  const shrunk = await shrinkFlight(subject, failing, divergence);
  const signature = flightSignature(divergence);
  const anew = await playAnew(subject, shrunk.minimal, signature);
  const finding = { ...shrunk, signature, original: failing, caseIndex: 0, ...anew };
  return recordFlight(subject, finding, { world }, failures).text;
}

function plain({ found, ...result }: FlightWorldResult) {
  return { ...result, signature: found === null ? null : flightSignature(found.divergence) };
}
