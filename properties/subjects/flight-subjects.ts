/** The systems that a command line can name, as those on which requests overlap. */
import { asyncFlightSubject, syncFlightSubject } from '../in-flight/running/flight-subject.ts';
import type { FlightSubject } from '../in-flight/running/flight-subject.ts';
import { UsageError } from '../jobs/usage-error.ts';
import { connectAsyncSystem, isSystemName, openSystem, settingsOf } from './subjects.ts';
import type { SubjectOptions } from './subjects.ts';

/** `name` is one without `nameProblem`. Throws a `UsageError` where nothing overlaps on the system; it is shut down then. */
export async function connectFlight(name: string, options: SubjectOptions = {}): Promise<FlightSubject> {
  if (isSystemName(name)) {
    const subject = syncFlightSubject(openSystem(name), name, options.comparison);
    return subject ?? refuse(name);
  }
  const system = await connectAsyncSystem(name, options);
  const subject = asyncFlightSubject(system, name, options.comparison, settingsOf(name, options));
  if (subject !== null) return subject;
  await system.shutdown();
  return refuse(name);
}

function refuse(name: string): never {
  throw new UsageError(`requests cannot overlap on ${name}: it has no "inFlight"`);
}
