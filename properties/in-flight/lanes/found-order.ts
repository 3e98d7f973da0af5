/**
 * An order that explains a history: at which instant each request took effect, sector by sector. The judge is asked for it: a
 * request that is submitted and answered within one instant says that the effect came then, and as long as the judge explains
 * the history so, there is such an order. From the beginning on, whatever in flight can come next is placed next.
 */
import type { Follow } from '../../../model/deviations.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome, Range, Setup } from '../../../model/vocabulary.ts';
import { REQUESTS_MAX } from '../history.ts';
import type { History, HistoryEvent, JudgedRules, RequestId } from '../history.ts';
import { InFlightJudge } from '../in-flight-judge.ts';
import { BoundMet } from '../sectors/candidate-set.ts';
import { shapeOf } from '../sectors/request-shape.ts';

export interface TakenEffect {
  /** Index of the submission among the events. */
  readonly submitted: number;
  /** What of it; null for what is done as a whole. */
  readonly sectors: Range | null;
  /** Right before the event with this index. */
  readonly before: number;
}

export type FoundOrder =
  | {
      readonly kind: 'order';
      readonly effects: readonly TakenEffect[];
      /** False where too many sectors are in flight at once: then an instant is that at which all of a request is done. */
      readonly isBySector: boolean;
    }
  | { readonly kind: 'none'; readonly why: string };

/** So many events are judged at most, over all trials. */
const EVENTS_JUDGED_MAX = 1_000_000;
const endsUnseen = 'an effect that no answer reports, as the end of a commit, had to come in between';

interface Piece {
  readonly id: RequestId;
  readonly submitted: number;
  readonly sectors: Range | null;
  readonly operation: Operation;
  /** Null as long as it is not answered. */
  readonly outcome: Outcome | null;
  /** Index of the event. */
  readonly answeredAt: number | null;
}

/** `history` is one that some order explains; what is not answered in it takes effect where it can. */
export function findOrder(
  setup: Setup,
  history: History,
  rules: JudgedRules,
  follow: Follow,
  eventsJudgedMax = EVENTS_JUDGED_MAX,
): FoundOrder {
  const bySector = piecesBySector(setup, history);
  const fits = mostInFlight(history, bySector) + setup.nodes.length <= REQUESTS_MAX;
  const whole = (): Pieces => piecesOf(history, (submitted, operation) => [{ submitted, operation }]);
  try {
    const pieces = fits ? bySector : whole();
    const effects = new OrderSearch(setup, rules, follow, history, pieces, eventsJudgedMax).find();
    if (effects !== null) return { kind: 'order', effects, isBySector: fits };
    return { kind: 'none', why: fits ? endsUnseen : 'too many sectors are in flight at once' };
  } catch (error) {
    if (!(error instanceof BoundMet)) throw error;
    return { kind: 'none', why: error.message };
  }
}

type Pieces = ReadonlyMap<number, readonly Piece[]>;

interface Part {
  readonly submitted: number;
  readonly operation: Operation;
  readonly sector?: number;
}

/** By the index of the submission. */
function piecesOf(
  history: History,
  partsOf: (submitted: number, operation: Operation) => readonly Part[],
): Map<number, readonly Piece[]> {
  const pieces = new Map<number, readonly Piece[]>();
  for (const [submitted, event] of history.entries()) {
    if (event.kind !== 'submit') continue;
    const answeredAt = history.findIndex(
      (later, index) => index > submitted && later.kind === 'answer' && later.id === event.id,
    );
    const answered = history[answeredAt];
    const outcome = answered?.kind === 'answer' ? answered.outcome : null;
    const parts = partsOf(submitted, event.operation);
    const made = parts.map(({ operation, sector }, at): Piece => {
      const tag = outcome?.kind === 'data' && sector !== undefined ? outcome.tags[at] : undefined;
      const { operation: whole } = event;
      const all = 'count' in whole ? { sector: whole.sector, count: whole.count } : null;
      return {
        id: sector === undefined ? `${submitted}` : `${submitted} at ${sector}`,
        submitted,
        sectors: sector === undefined ? all : { sector, count: 1 },
        operation,
        outcome: tag === undefined ? outcome : { kind: 'data', tags: [tag] },
        answeredAt: answeredAt === -1 ? null : answeredAt,
      };
    });
    pieces.set(submitted, made);
  }
  return pieces;
}

/** Each sector of a request by itself. */
function piecesBySector(setup: Setup, history: History): Pieces {
  return piecesOf(history, (submitted, operation) => {
    const { data } = shapeOf(operation, setup);
    if (data === null || !('count' in operation) || data.count === 0) return [{ submitted, operation }];
    return Array.from({ length: data.count }, (_, at) => ({
      submitted,
      operation: { ...operation, sector: data.sector + at, count: 1 },
      sector: data.sector + at,
    }));
  });
}

function mostInFlight(history: History, pieces: Pieces): number {
  let [now, most] = [0, 0];
  const open = new Map<RequestId, number>();
  for (const [index, event] of history.entries()) {
    if (event.kind === 'submit') {
      const size = pieces.get(index)?.length ?? 0;
      open.set(event.id, size);
      now += size;
    } else if (event.kind === 'answer') now -= open.get(event.id) ?? 0;
    most = Math.max(most, now);
  }
  return most;
}

/** Where pieces have been placed so far. */
class OrderSearch {
  readonly #setup: Setup;
  readonly #rules: JudgedRules;
  readonly #follow: Follow;
  readonly #history: History;
  readonly #pieces: Pieces;
  /** By the index of the answer. */
  readonly #answered = new Map<number, Piece[]>();
  /** By the index of the event that they are placed before. */
  readonly #inGaps: Piece[][];
  readonly #placed = new Set<Piece>();
  /** Up to the event with this index all is placed. */
  #gap = 0;
  /** What is not answered, and may be done. */
  readonly #open: Piece[] = [];
  #eventsLeft: number;

  constructor(
    setup: Setup,
    rules: JudgedRules,
    follow: Follow,
    history: History,
    pieces: Pieces,
    eventsLeft: number,
  ) {
    this.#setup = setup;
    this.#rules = rules;
    this.#follow = follow;
    this.#history = history;
    this.#pieces = pieces;
    this.#inGaps = [...history, null].map(() => []);
    this.#eventsLeft = eventsLeft;
    for (const piece of [...pieces.values()].flat())
      if (piece.answeredAt !== null)
        this.#answered.set(piece.answeredAt, [...(this.#answered.get(piece.answeredAt) ?? []), piece]);
  }

  /** Null where the history is not explained with these pieces. */
  find(): readonly TakenEffect[] | null {
    if (!this.#isExplained()) return null;
    this.#addOpen();
    for (; this.#gap <= this.#history.length; this.#gap++) {
      this.#placeAllThatCan();
      for (const piece of this.#lastAt(this.#gap)) if (!this.#placed.has(piece)) this.#place(piece);
    }
    this.#gap = this.#history.length;
    if (!this.#isExplained()) return null;
    return this.#inGaps.flatMap((pieces, before) =>
      pieces.map(({ submitted, sectors }) => ({ submitted, sectors, before })),
    );
  }

  /** Writes and calls that are not answered are shown where they may have taken effect. */
  #addOpen(): void {
    for (const pieces of this.#pieces.values()) {
      if (!pieces.every(({ answeredAt, operation }) => answeredAt === null && canBeOk(operation))) continue;
      this.#open.push(...pieces);
      if (!this.#isExplained()) this.#open.splice(-pieces.length);
    }
  }

  /** What takes effect before this event at the latest. */
  #lastAt(index: number): readonly Piece[] {
    if (index === this.#history.length) return this.#open;
    return this.#history[index]?.kind === 'answer' ? (this.#answered.get(index) ?? []) : [];
  }

  #placeAllThatCan(): void {
    for (let isPlaced = true; isPlaced;) {
      const waiting = this.#waiting().filter(
        (piece) => piece.answeredAt !== null || this.#open.includes(piece),
      );
      // The sectors of a request together, where they can be.
      const isNext = ({ submitted }: Piece): boolean =>
        submitted === this.#inGaps[this.#gap]?.at(-1)?.submitted;
      const tried = [...waiting.filter(isNext), ...waiting.filter((piece) => !isNext(piece))];
      isPlaced = tried.some((piece) => this.#canBePlaced(piece, waiting.length === 1));
    }
  }

  /** In flight at the gap, and not placed yet; in the order of the submissions. */
  #waiting(): readonly Piece[] {
    const all: Piece[] = [];
    for (const [submitted, pieces] of this.#pieces)
      if (submitted < this.#gap) all.push(...pieces.filter((piece) => !this.#placed.has(piece)));
    return all;
  }

  /** Whether it may take effect before all that waits beside it. */
  #canBePlaced(piece: Piece, isAlone: boolean): boolean {
    this.#place(piece);
    // Nothing happens between its submission and its answer.
    const isSure = isAlone && piece.submitted === this.#gap - 1 && piece.answeredAt === this.#gap;
    if (isSure || this.#isExplained()) return true;
    this.#inGaps[this.#gap]?.pop();
    this.#placed.delete(piece);
    return false;
  }

  #place(piece: Piece): void {
    this.#inGaps[this.#gap]?.push(piece);
    this.#placed.add(piece);
  }

  #isExplained(): boolean {
    const judge = new InFlightJudge(this.#setup, this.#rules, this.#follow);
    for (const event of this.#asPlaced()) {
      if (--this.#eventsLeft < 0) throw new BoundMet('the history is too long to look for one order');
      if (judge.take(event) !== null) return false;
    }
    return true;
  }

  /**
   * The history in which what is placed is submitted and answered at its place, and what waits there is submitted behind it,
   * in the order in which it was: a call that drains waits for what came before it.
   */
  *#asPlaced(): Iterable<HistoryEvent> {
    for (const [index, pieces] of this.#inGaps.entries()) {
      for (const piece of pieces) {
        yield submission(piece);
        yield answer(piece);
      }
      if (index === this.#gap) for (const piece of this.#waiting()) yield submission(piece);
      const event = this.#history[index];
      if (event?.kind === 'show') yield event;
      if (event?.kind === 'submit' && index >= this.#gap)
        for (const piece of this.#pieces.get(index) ?? []) yield submission(piece);
      for (const piece of this.#lastAt(index)) if (!this.#placed.has(piece)) yield answer(piece);
    }
  }
}

function submission({ id, operation }: Piece): HistoryEvent {
  return { kind: 'submit', id, operation };
}

function answer({ id, outcome }: Piece): HistoryEvent {
  return { kind: 'answer', id, outcome: outcome ?? { kind: 'ok' } };
}

function canBeOk({ op }: Operation): boolean {
  return op !== 'guestRead' && op !== 'primaryRead' && op !== 'getError';
}
