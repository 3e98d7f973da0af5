/** The systems that a command line can name, as those on which requests overlap. */
import { createOverlappingQemu } from '../../impl/qemu/in-flight/overlapping-qemu.ts';
import { interruptible } from '../../impl/held/interruptible-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { asyncFlightSubject, syncFlightSubject } from '../in-flight/running/flight-subject.ts';
import type { FlightSubject } from '../in-flight/running/flight-subject.ts';
import { UsageError } from '../jobs/usage-error.ts';
import { connectAsyncSystem, isQemu, isSystemName, openSystem, settingsOf, withBinary } from './subjects.ts';
import type { SubjectOptions } from './subjects.ts';

/** `name` is one without `nameProblem`. Throws a `UsageError` where nothing overlaps on the system; it is shut down then. */
export async function connectFlight(name: string, options: SubjectOptions = {}): Promise<FlightSubject> {
  if (isSystemName(name)) {
    const subject = syncFlightSubject(openSystem(name), name, options.comparison);
    return subject ?? refuse(name);
  }
  const system = isQemu(name) ? overlappingQemu(name, options) : await connectAsyncSystem(name, options);
  const subject = asyncFlightSubject(system, name, options.comparison, settingsOf(name, options));
  if (subject !== null) return subject;
  await system.shutdown();
  return refuse(name);
}

/** Of the real QEMU a system of its own: each write of the disk goes to several connections, which others need not pay for. */
function overlappingQemu(name: string, options: SubjectOptions): AsyncSystem {
  const { qemuBinary, signal } = withBinary(name, options);
  const system = createOverlappingQemu(qemuBinary === undefined ? {} : { binary: qemuBinary });
  return signal === undefined ? system : interruptible(system, signal);
}

function refuse(name: string): never {
  throw new UsageError(`requests cannot overlap on ${name}: it has no "inFlight"`);
}
