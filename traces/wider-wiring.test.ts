/** Each trace about an unusual wiring shows an implementation that has it wrong. */
import { expect, test } from 'vitest';
import type { NodeClass } from '../impl/efficient/case-memory.ts';
import { createEfficientSystem } from '../impl/efficient/efficient-system.ts';
import { ReplicationNode } from '../impl/efficient/replication-node.ts';
import { runLockstep } from '../properties/lockstep.ts';
import { caseOf } from './replay.ts';
import { readTrace } from './trace-file.ts';

class DiscardsNeverReachTheDisk extends ReplicationNode {
  override discardReachesDisk(): boolean {
    return false;
  }
}

class DiscardsPassTheBackupJob extends ReplicationNode {
  override discardReachesDisk(): boolean {
    return this.defects.includes('secondaryUnmaps');
  }
}

const wrong: readonly (readonly [string, NodeClass])[] = [
  ['discard-passes-where-no-backup-job-is', DiscardsNeverReachTheDisk],
  ['discard-passes-where-no-backup-job-is', DiscardsPassTheBackupJob],
];

test.each(wrong)('%s', (name, node) => {
  const testCase = caseOf(readTrace(`traces/regressions/${name}.json`));
  expect(runLockstep(createEfficientSystem(), testCase, { depth: 'full' })).toBeNull();
  expect(runLockstep(createEfficientSystem(node), testCase, { depth: 'full' })).not.toBeNull();
});
