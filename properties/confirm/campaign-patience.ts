/** How long a campaign waits for an answer: a system that hangs must not make it last longer than it was asked to. */
import type { AsyncSystem } from '../../impl/system.ts';

/** So much of the time of a campaign is waited for one answer, and no less than so many seconds. */
const SHARE = 1 / 3;
const LEAST_SECONDS = 2;

/** A system that is asked, whatever it is asked for. */
type Asked = { readonly kind: 'sync' } | ({ readonly kind: 'async' } & Pick<AsyncSystem, 'endure'>);

export class CampaignPatience {
  readonly #subject: Asked;
  readonly #secondsMax: number;
  #timer: NodeJS.Timeout | undefined;
  #isLate = false;

  constructor(subject: Asked, secondsMax: number) {
    this.#subject = subject;
    this.#secondsMax = secondsMax;
  }

  /** From now on the time runs: what is not answered when it is over is given up soon. */
  begin(): void {
    this.goOn();
    if (!Number.isFinite(this.#secondsMax)) return;
    this.#timer = setTimeout(
      () => {
        this.#isLate = true;
        this.goOn();
      },
      Math.min(this.#secondsMax * 1000, 2 ** 31 - 1),
    );
    this.#timer.unref();
  }

  /** After a failure was confirmed, which has a patience of its own. */
  goOn(): void {
    if (this.#subject.kind === 'sync') return;
    const mostMs = 1000 * Math.max(LEAST_SECONDS, this.#secondsMax * SHARE);
    this.#subject.endure?.(this.#isLate ? 'confirming' : 'full', mostMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
