/**
 * Draws what is asked in a case with overlap, without an order: operations one after the other, and between them bouts of
 * requests that overlap. One program is played in several orders.
 */
import { isHostCall } from '../../../impl/operation-lists.ts';
import type { Capabilities } from '../../../impl/capabilities.ts';
import type { InFlightCapabilities, RequestNumber } from '../../../impl/in-flight.ts';
import { TAG_MAX } from '../../../impl/payload.ts';
import { initialState } from '../../../model/node.ts';
import type { Host } from '../../../model/node.ts';
import type { Operation, OperationName } from '../../../model/operations.ts';
import { step } from '../../../model/step.ts';
import type { Setup } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';
import { OperationGenerator } from '../../generation/operation-generator.ts';
import { unjudged } from '../history.ts';
import { aimed, drawAim } from './aim.ts';
import { canSplit, splitWrites, towardsSplit } from './split-clusters.ts';

export interface NumberedRequest {
  readonly request: RequestNumber;
  readonly operation: Operation;
}

export interface FlightProgram {
  readonly setup: Setup;
  readonly parts: readonly ProgramPart[];
}

/** One operation by itself, or requests that overlap. */
export type ProgramPart = Operation | readonly NumberedRequest[];

/** Calls of a short bout, and of a long one: each further one multiplies the orders that the judge follows. */
const CALLS_MAX = { short: 2, long: 1 };
const LONG_BOUT = 4;
const overlaps = [2, 2, 3, 3, 4, 4, 6, 8] as const;
/** One bout in so many is aimed at one unit. */
const AIMED_ONE_IN = 2;
/** The first tag that nothing holds at the beginning. */
const TAG_FIRST = 2;

export function drawProgram(
  setup: Setup,
  capabilities: Capabilities,
  inFlight: InFlightCapabilities,
  operationsMax: number,
  dice: Dice,
): FlightProgram {
  const drawer = new ProgramDrawer(setup, judgedOf(capabilities), inFlight, dice);
  const length = dice.between(Math.min(6, operationsMax), operationsMax);
  return { setup, parts: drawer.parts(length) };
}

const judgedCapabilities = new WeakMap<Capabilities, Capabilities>();

/** Without what the judge does not take. */
function judgedOf(capabilities: Capabilities): Capabilities {
  const known = judgedCapabilities.get(capabilities);
  if (known !== undefined) return known;
  const operations = capabilities.operations.filter((op) => unjudged(op) === null);
  const judged: Capabilities = { ...capabilities, operations, badSectors: [] };
  judgedCapabilities.set(capabilities, judged);
  return judged;
}

class ProgramDrawer {
  readonly #generator: OperationGenerator;
  readonly #inFlight: InFlightCapabilities;
  readonly #dice: Dice;
  readonly #most: number;
  readonly #setup: Setup;
  readonly #has: (op: OperationName) => boolean;
  /** Led to guest writes that are split between layers. */
  readonly #isLed: boolean;
  /** As if each had taken effect when it was submitted. */
  #host: Host;
  #tag = TAG_FIRST;
  #request: RequestNumber = 1;

  constructor(setup: Setup, judged: Capabilities, inFlight: InFlightCapabilities, dice: Dice) {
    this.#generator = new OperationGenerator(setup, judged, dice);
    this.#inFlight = inFlight;
    this.#setup = setup;
    this.#has = (op) => judged.operations.includes(op);
    this.#dice = dice;
    this.#most = Math.min(inFlight.requestsMax, dice.pick(overlaps));
    this.#host = initialState(setup);
    this.#isLed = this.#has('endJob') && this.#host.nodes.some(canSplit) && dice.oneIn(2);
  }

  parts(length: number): ProgramPart[] {
    const parts: ProgramPart[] = [];
    for (let drawn = 0; drawn < length;) {
      const bout = this.#isReady() && !this.#dice.oneIn(3) ? this.#bout() : [];
      if (bout.length > 0) parts.push(bout);
      drawn += bout.length;
      if (bout.length > 0 && !this.#dice.oneIn(3)) continue;
      parts.push(this.#take(this.#next()));
      drawn++;
    }
    return parts;
  }

  #next(): Operation {
    const led = this.#isLed && this.#dice.oneIn(2) ? towardsSplit(this.#host, this.#has, this.#dice) : null;
    return led ?? this.#generator.draw(this.#host);
  }

  /** Where a node refuses everything, nothing meets. */
  #isReady(): boolean {
    return this.#host.nodes.some(
      ({ stage }) => stage !== 'closed' && stage !== 'none' && stage !== 'aborted',
    );
  }

  /** None where what is drawn cannot overlap. */
  #bout(): NumberedRequest[] {
    const requests: NumberedRequest[] = [];
    const count = this.#dice.between(2, this.#most);
    const callsMax = count > LONG_BOUT ? CALLS_MAX.long : CALLS_MAX.short;
    const aim = this.#dice.oneIn(AIMED_ONE_IN) ? drawAim(this.#setup, this.#dice) : null;
    let calls = 0;
    if (this.#isLed)
      for (const operation of splitWrites(this.#host, this.#dice)) requests.push(this.#numbered(operation));
    for (let tries = 0; requests.length < count && tries < 4 * count; tries++) {
      const drawn = this.#generator.draw(this.#host);
      const operation = aim === null ? drawn : aimed(drawn, aim, this.#setup, this.#has, this.#dice);
      const { op } = operation;
      if (!this.#inFlight.submits.includes(op) || this.#inFlight.alone.includes(op)) continue;
      if (isCall(operation) && calls++ >= callsMax) continue;
      requests.push(this.#numbered(operation));
    }
    return requests;
  }

  #numbered(operation: Operation): NumberedRequest {
    return { request: this.#request++, operation: this.#take(operation) };
  }

  /** Each write has a tag of its own, as long as there are some: so what it has written is known by it. */
  #take(operation: Operation): Operation {
    const tagged = 'tag' in operation ? { ...operation, tag: this.#nextTag() } : operation;
    this.#host = step(this.#host, tagged).host;
    return tagged;
  }

  #nextTag(): number {
    const tag = this.#tag;
    this.#tag = tag >= TAG_MAX ? TAG_FIRST : tag + 1;
    return tag;
  }
}

function isCall(operation: Operation): boolean {
  const { op } = operation;
  return isHostCall(operation) || op === 'open' || op === 'close' || isStepOfCommit(op);
}

function isStepOfCommit(op: OperationName): boolean {
  return op === 'commitSettle' || op === 'commitAdvance';
}
