/** A worker: plays batches of a campaign, or analyses mutants, as the process that has started it asks. */
import { deserialize, serialize } from 'node:v8';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { SubjectPlayer } from '../../properties/batches/subject-player.ts';
import { CampaignPatience } from '../../properties/confirm/campaign-patience.ts';
import { analyseMutant } from '../../properties/driver/mutation-run.ts';
import { mutationRun } from '../../properties/kill-matrix/kill-matrix.ts';
import { connectSubject } from '../../properties/subjects/subjects.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { CaseInHand } from '../../traces/record/case-in-hand.ts';
import { sentError, STOP } from './messages.ts';
import type { Answer, Asked, CampaignTask } from './messages.ts';

const stopping = new AbortController();

/** What a campaign has here. */
interface Post {
  readonly subject: Subject;
  readonly player: SubjectPlayer;
  readonly patience: CampaignPatience;
  readonly inHand: CaseInHand | null;
}

let post: Post | null = null;

async function take({ system, options, play, secondsLeft, notes }: CampaignTask): Promise<Answer> {
  const subject = await connectSubject(system, { ...options, signal: stopping.signal });
  const inHand = notes === null ? null : new CaseInHand(notes.folder, subject, notes.seed, notes.repeat);
  const player = new SubjectPlayer(subject, play, {
    begins: (cases, batch) => inHand?.begins(cases, batch),
  });
  const patience = new CampaignPatience(subject, secondsLeft);
  patience.begin();
  post = { subject, player, patience, inHand };
  return { kind: 'ready', batchesMax: player.batchesMax, isBusy: subject.kind === 'sync' };
}

async function answerTo(asked: Exclude<Asked, { kind: 'bye' }>): Promise<Answer> {
  switch (asked.kind) {
    case 'campaign':
      return take(asked.task);
    case 'batch': {
      if (post === null) throw new Error('a batch of no campaign');
      const { error, ...played } = await post.player.play(asked.batch);
      return { kind: 'played', played: { ...played, error: error === null ? null : sentError(error) } };
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
