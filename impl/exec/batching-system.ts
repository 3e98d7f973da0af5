/** An adapter that plays whole cases, of which many are on the way at once. */
import { EnvironmentError } from '../environment-error.ts';
import { SystemLost } from '../system-lost.ts';
import type { PlayedOrNot, SentCase, Shows } from '../system.ts';
import { AdapterError } from './adapter-error.ts';
import { decoded, ExecSystem } from './exec-system.ts';
import { requestName, Unanswered } from './line-client.ts';
import { decodePlayed } from './played-code.ts';

type Answer = PlayedOrNot | Unanswered;

/** Whole cases, many on the way at once. */
export class BatchingExecSystem extends ExecSystem {
  /** What was lost is played again one after the other: each case alone shows whether it was to blame. */
  #replays: Promise<unknown> = Promise.resolve();

  async playAll(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]> {
    const answers = await this.#send(cases, shows);
    if (!answers.some(isLost)) return toTheLast(answers);
    const again = this.#replays.then(() => this.#sendLostAgain(cases, answers, shows));
    this.#replays = again.catch(() => {});
    return toTheLast(await again);
  }

  async #send(cases: readonly SentCase[], shows: Shows): Promise<Answer[]> {
    const client = await this.connection.client();
    const { dialect } = this.connection;
    const bodies = cases.map(({ setup, operations }) => {
      const body = {
        request: 'run',
        setup,
        operations: operations.map((operation) => dialect.operation(operation)),
        observe: shows,
      } as const;
      return body;
    });
    const first = client.lastId + 1;
    const sent = client.askAll(bodies);
    return Promise.all(
      cases.map(async (each, index): Promise<Answer> => {
        const body = bodies[index] ?? { request: 'observe' };
        try {
          const played = await sent[index];
          return decoded(played, requestName(first + index, body), (value) =>
            decodePlayed(dialect.result(value), each, this.observes, shows),
          );
        } catch (error) {
          if (error instanceof SystemLost && error.isProcessThere) return error;
          if (error instanceof SystemLost || error instanceof Unanswered) this.connection.forget(client);
          if (error instanceof SystemLost) return dialect.lost(error);
          if (error instanceof Unanswered) return error;
          if (error instanceof AdapterError) {
            client.distrust(error);
            // What was answered twice is an earlier case than the one that is waited for.
            if (error.requestId !== null) error.during ??= cases[error.requestId - first] ?? null;
          } else throw error;
          return error;
        }
      }),
    );
  }

  /** Where no case alone loses the process, the first that was not answered is reported to have lost it. */
  async #sendLostAgain(
    cases: readonly SentCase[],
    answers: readonly Answer[],
    shows: Shows,
  ): Promise<readonly Answer[]> {
    const results: Answer[] = [];
    for (const [index, answer] of answers.entries()) {
      const sent = cases[index];
      const isSure =
        !isLost(answer) || (answer instanceof SystemLost && (cases.length === 1 || isLocated(answer)));
      const result = isSure || sent === undefined ? answer : await this.#alone(sent, shows);
      results.push(result);
      if (isSlowLoss(result)) break;
    }
    if (results.some(isLost)) return results;
    return results.map((result, index) => {
      const answer = answers[index];
      return answer instanceof SystemLost ? answer : result;
    });
  }

  async #alone(sent: SentCase, shows: Shows): Promise<Answer> {
    for (;;) {
      const [answer] = await this.#send([sent], shows);
      if (answer !== undefined && !(answer instanceof Unanswered)) return answer;
    }
  }
}

function isLost(answer: Answer): boolean {
  return answer instanceof SystemLost || answer instanceof Unanswered;
}

/**
 * Others like it may follow, and each would take as long: the case is reported first, with those behind it left unplayed.
 */
function isSlowLoss(answer: Answer): boolean {
  if (!(answer instanceof SystemLost)) return false;
  return answer.how === 'hang' || (answer.how === 'memory' && isLocated(answer));
}

/** Its case is to blame, and the operation is known: it need not be played again. */
function isLocated({ answeredCount }: SystemLost): boolean {
  return answeredCount !== null;
}

/** Up to the first sign that nothing can be believed. */
function toTheLast(answers: readonly Answer[]): readonly PlayedOrNot[] {
  const believed: PlayedOrNot[] = [];
  for (const answer of answers) {
    if (!(answer instanceof Unanswered)) believed.push(answer);
    if (answer instanceof EnvironmentError) break;
  }
  return believed;
}
