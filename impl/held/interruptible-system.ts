/** A system that is not waited for any longer once the user has asked to end. */
import type { AsyncInFlightAccess } from '../in-flight.ts';
import type { AsyncSystem } from '../system.ts';
import { Awaited } from './interrupted.ts';

/** A process that does not say goodbye by then is killed with this one. */
const GOODBYE_MS = 1000;

/** All that it is asked rejects with `Interrupted` when `signal` aborts, and from then on. */
export function interruptible(system: AsyncSystem, signal: AbortSignal): AsyncSystem {
  const awaited = new Awaited(signal);
  return {
    name: system.name,
    ...(system.version === undefined ? {} : { version: system.version }),
    capabilities: system.capabilities,
    load: (setup, operations) => awaited.orInterrupted(() => system.load(setup, operations)),
    apply: (operation) => awaited.orInterrupted(() => system.apply(operation)),
    observe: () => awaited.orInterrupted(() => system.observe()),
    accepts: (operation, stages, setup) => system.accepts(operation, stages, setup),
    unload: () => awaited.orInterrupted(() => system.unload()),
    shutdown: () => shutdownOf(system, signal),
    ...(system.playAll === undefined
      ? {}
      : {
          playAll: (cases, shows) =>
            awaited.orInterrupted(async () => (await system.playAll?.(cases, shows)) ?? []),
        }),
    ...(system.finish === undefined
      ? {}
      : { finish: () => awaited.orInterrupted(async () => (await system.finish?.()) ?? null) }),
    ...(system.renew === undefined
      ? {}
      : { renew: () => awaited.orInterrupted(async () => system.renew?.()) }),
    ...(system.endure === undefined
      ? {}
      : { endure: (patience, mostMs) => system.endure?.(patience, mostMs) }),
    ...(system.inFlight === undefined ? {} : { inFlight: interruptibleAccess(system.inFlight, awaited) }),
  };
}

function interruptibleAccess(inFlight: AsyncInFlightAccess, awaited: Awaited): AsyncInFlightAccess {
  return {
    capabilities: inFlight.capabilities,
    submit: (request, operation) => awaited.orInterrupted(() => inFlight.submit(request, operation)),
    advance: (request) => awaited.orInterrupted(() => inFlight.advance(request)),
    await: (request) => awaited.orInterrupted(() => inFlight.await(request)),
  };
}

async function shutdownOf(system: AsyncSystem, signal: AbortSignal): Promise<void> {
  const ended = system.shutdown();
  if (!signal.aborted) return ended;
  const tooLate = new Promise<void>((resolve) => {
    setTimeout(resolve, GOODBYE_MS).unref();
  });
  await Promise.race([ended, tooLate]);
}
