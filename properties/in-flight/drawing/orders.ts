/** The orders in which one program is played: each run says how many stations its requests have, for the next one. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Dice } from '../../cases/dice.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';
import type { FlightWatch } from '../running/flight-watch.ts';
import type { FlightProgram } from './flight-program.ts';
import { interleave } from './interleave.ts';
import type { Strategy } from './interleave.ts';

/** Before anything is known. */
const STATIONS_AT_FIRST = 3;
const STATIONS_MAX = 16;
/** What was not seen to the end may have some more. */
const FURTHER = 2;

export class Orders {
  readonly #program: FlightProgram;
  readonly #inFlightMax: number;
  readonly #strategy: Strategy;
  readonly #stations = new Map<RequestNumber, number>();

  constructor(program: FlightProgram, inFlightMax: number, strategy: Strategy) {
    this.#program = program;
    this.#inFlightMax = inFlightMax;
    this.#strategy = strategy;
  }

  draw(dice: Dice): FlightCase {
    const { setup, parts } = this.#program;
    const steps: FlightStep[] = [];
    const stationsOf = (request: RequestNumber): number => this.#stationsOf(request);
    for (const part of parts) {
      if ('op' in part) steps.push(part);
      else {
        const moves = interleave(part, stationsOf, this.#inFlightMax, this.#strategy, dice);
        for (const move of moves) steps.push(move);
      }
    }
    return { setup, steps };
  }

  learn({ stations }: FlightWatch): void {
    for (const { request, advances, isWhole } of stations) {
      if (isWhole) this.#stations.set(request, Math.min(advances, STATIONS_MAX));
      else if (advances >= this.#stationsOf(request))
        this.#stations.set(request, Math.min(advances + FURTHER, STATIONS_MAX));
    }
  }

  #stationsOf(request: RequestNumber): number {
    return this.#stations.get(request) ?? STATIONS_AT_FIRST;
  }
}
