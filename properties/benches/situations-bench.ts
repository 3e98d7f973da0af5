/** Prints after how many operations each situation was met five times, with what each of two systems can be given. */
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import { batchCasesOf } from '../batches/subject-player.ts';
import { asyncSubject, syncSubject } from '../subjects/subject.ts';
import { reachedAfter, TIMES } from './reached-after.ts';

const OPERATIONS = 20_000;
const SEEDS = [1, 2, 3];
const NAME_WIDTH = 52;
const COLUMN_WIDTH = 9;

export function benchSituations(print: (text: string) => void): void {
  print(
    `Operations until each situation was met ${TIMES} times, of ${OPERATIONS}; seeds ${SEEDS.join(', ')}; - where they were not enough`,
  );
  for (const subject of [syncSubject(createEfficientSystem()), asyncSubject(createQemuSystem({}))]) {
    const campaign = { operationsMax: OPERATIONS, batchCases: batchCasesOf(subject) };
    const steered = SEEDS.map((seed) => reachedAfter(subject, { ...campaign, seed }));
    const unsteered = SEEDS.map((seed) => reachedAfter(subject, { ...campaign, seed, steering: 'off' }));
    const head = ['steered', '', '', 'not', '', ''].map((text) => text.padStart(COLUMN_WIDTH)).join('');
    print(`\n${`what ${subject.name} can be given`.padEnd(NAME_WIDTH)}${head}`);
    for (const [place, { name }] of (steered[0] ?? []).entries()) {
      const columns = [...steered, ...unsteered].map((reached) =>
        String(reached[place]?.after ?? '-').padStart(COLUMN_WIDTH),
      );
      print(`${name.padEnd(NAME_WIDTH)}${columns.join('')}`);
    }
  }
}
