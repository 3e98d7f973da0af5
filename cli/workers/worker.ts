/** A worker: plays batches of a campaign, or analyses mutants, as the process that has started it asks. */
import { deserialize, serialize } from 'node:v8';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { SubjectPlayer } from '../../properties/batches/subject-player.ts';
import { CampaignPatience } from '../../properties/confirm/campaign-patience.ts';
import { analyseMutant } from '../../properties/driver/mutation-run.ts';
import { mutationRun } from '../../properties/kill-matrix/kill-matrix.ts';
import { FlightPlayer } from '../../properties/in-flight/campaign/flight-player.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import { connectSubject } from '../../properties/subjects/subjects.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { CaseInHand } from '../../traces/record/case-in-hand.ts';
import { sentError, STOP } from './messages.ts';
import type { Answer, Asked, CampaignTask, CaseNotes, FlightTask } from './messages.ts';

const stopping = new AbortController();

/** What a campaign has here. */
interface Post {
  readonly subject: Subject | FlightSubject;
  readonly patience: CampaignPatience;
  readonly inHand: CaseInHand | null;
}

let post: Post | null = null;
let player: SubjectPlayer | null = null;
let flightPlayer: FlightPlayer | null = null;

async function take({ system, play, secondsLeft, notes }: CampaignTask): Promise<Answer> {
  const subject = await connectSubject(system.name, { ...system.options, signal: stopping.signal });
  const inHand = noting(notes, subject);
  player = new SubjectPlayer(subject, play, {
    begins: (cases, batch) => inHand?.begins(cases, batch),
  });
  return ready(subject, secondsLeft, inHand, player.batchesMax);
}

async function takeFlights({ system, play, secondsLeft, notes }: FlightTask): Promise<Answer> {
  const subject = await connectFlight(system.name, { ...system.options, signal: stopping.signal });
  const seconds = stopwatch();
  const isWanted = (): boolean => !stopping.signal.aborted && seconds() < secondsLeft;
  const inHand = noting(notes, subject);
  flightPlayer = new FlightPlayer(subject, play, {
    isWanted,
    begins: (batch) => inHand?.begins([], batch),
  });
  return ready(subject, secondsLeft, inHand, flightPlayer.batchesMax);
}

function noting(notes: CaseNotes | null, subject: Post['subject']): CaseInHand | null {
  return notes === null ? null : new CaseInHand(notes.folder, subject, notes.seed, notes.repeat);
}

function ready(
  subject: Post['subject'],
  secondsLeft: number,
  inHand: CaseInHand | null,
  batchesMax: number,
): Answer {
  const patience = new CampaignPatience(subject, secondsLeft);
  patience.begin();
  post = { subject, patience, inHand };
  return { kind: 'ready', batchesMax, isBusy: subject.kind === 'sync' };
}

async function answerTo(asked: Exclude<Asked, { kind: 'bye' }>): Promise<Answer> {
  switch (asked.kind) {
    case 'campaign':
      return take(asked.task);
    case 'batch': {
      if (player === null) throw new Error('a batch of no campaign');
      const { error, ...played } = await player.play(asked.batch);
      return { kind: 'played', played: { ...played, error: error === null ? null : sentError(error) } };
    }
    case 'flights':
      return takeFlights(asked.task);
    case 'batch of flights': {
      if (flightPlayer === null) throw new Error('a batch of no campaign');
      const { error, ...played } = await flightPlayer.play(asked.batch);
      return {
        kind: 'played flights',
        played: { ...played, error: error === null ? null : sentError(error) },
      };
    }
    case 'mutant': {
      const mutant = mutants.find(({ name }) => name === asked.name);
      if (mutant === undefined) throw new Error(`there is no mutant ${asked.name}`);
      return { kind: 'analysed', run: await mutationRun(mutant, asked.options) };
    }
    case 'mutant of C':
      return { kind: 'analysed in C', row: await analyseMutant(asked.mutant, asked.options) };
  }
}

async function leave(): Promise<void> {
  post?.patience.end();
  await post?.subject.shutdown().catch(() => {});
  post?.inHand?.end();
  process.exit(0);
}

process.on('message', (message) => {
  if (message === STOP) stopping.abort();
  if (!(message instanceof Uint8Array)) return;
  const asked: Asked = deserialize(message);
  if (asked.kind === 'bye') {
    void leave();
    return;
  }
  void answerTo(asked)
    .catch((error): Answer => ({ kind: 'failed', error: sentError(asError(error)) }))
    .then((answer) => process.send?.(serialize(answer)));
});

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

// Whoever has started it is gone: what it holds goes with it.
process.on('disconnect', () => process.exit(0));
