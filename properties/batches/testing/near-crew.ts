/** A crew in this process, of whom each answers as many turns of the event loop late as its number says. */
import type { BatchPlayer } from '../batch.ts';
import type { Crew } from '../crew.ts';

export class NearCrew<Asked, Given, Played> implements Crew<Asked, Given, Played> {
  readonly gatherMs = 0;
  readonly #players: readonly BatchPlayer<Given, Played>[];
  #isGone = false;
  played = 0;

  constructor(count: number, play: (place: number) => BatchPlayer<Given, Played>['play']) {
    this.#players = Array.from({ length: count }, (_, place) => {
      const playing = play(place);
      return {
        batchesMax: 2,
        play: async (batch: Given): Promise<Played | null> => {
          const played = await playing(batch);
          for (let turn = 0; turn < place * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          if (this.#isGone) return null;
          this.played++;
          return played;
        },
      };
    });
  }

  gather(_asked: Asked, _seconds: number, joins: (player: BatchPlayer<Given, Played>) => void): void {
    for (const player of this.#players) joins(player);
  }

  stop(): void {
    this.#isGone = true;
  }

  async dismiss(): Promise<void> {
    this.#isGone = true;
  }
}
