/** What is said of the worlds, and of what going through them has come to. */
import { counted } from '../../screen/findings-text.ts';
import type { FlightWorldResult } from './explore-flights.ts';
import { flightWorlds } from './flight-worlds.ts';
import type { FlightWorld } from './flight-worlds.ts';

export function describeFlightWorlds(): string {
  const width = Math.max(...flightWorlds.map(({ name }) => name.length));
  return flightWorlds.map(({ name, about }) => `${name.padEnd(width)}  ${about}`).join('\n');
}

/** All of them where none is named; null for a name that is none. */
export function flightWorldsNamed(names: readonly string[]): readonly FlightWorld[] | null {
  if (names.length === 0) return flightWorlds;
  const chosen = flightWorlds.filter(({ name }) => names.includes(name));
  return chosen.length === new Set(names).size ? chosen : null;
}

export function flightWorldLine(result: FlightWorldResult): string {
  const { world, combinations, orders, givenUp, outcomes, undecided } = result;
  const open = undecided === 0 ? '' : `, ${undecided} undecided`;
  return `${world}: ${counted(combinations, 'combination')}, ${counted(orders, 'order')} (${givenUp} given up half-way), ${counted(outcomes, 'outcome')}${open}: ${endText(result)}`;
}

function endText({ ended, undecided }: FlightWorldResult): string {
  switch (ended) {
    case 'found':
      return 'one that nothing explains';
    case 'stopped':
      return 'stopped before all were gone through';
    case 'all':
      return undecided === 0 ? 'all are explained' : 'the others are explained';
  }
}
