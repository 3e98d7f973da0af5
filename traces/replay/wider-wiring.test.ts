/** Each trace about an unusual wiring shows an implementation that has it wrong. */
import { expect, test } from 'vitest';
import type { NodeClass } from '../../impl/efficient/compare/case-memory.ts';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { ReplicationNode } from '../../impl/efficient/node/replication-node.ts';
import { aborted, OK, TOP_ID_INVALID } from '../../impl/efficient/node/outcomes.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { runLockstep } from '../../properties/lockstep/lockstep.ts';
import { caseOf } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

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

class ReadOnlyActiveIsNoticedAfterTheOptions extends ReplicationNode {
  override open(): Outcome {
    const refusal = this.checkOptions();
    return refusal === OK ? super.open() : refusal;
  }
}

class ReadOnlyNodeAsksToWrite extends ReplicationNode {
  override startBackupJob(): Outcome {
    return this.defects.includes('hiddenWriteUnshared')
      ? this.answers.hiddenUnshared
      : super.startBackupJob();
  }
}

class ReadOnlyNodeStarts extends ReplicationNode {
  override startBackupJob(): Outcome {
    const outcome = super.startBackupJob();
    this.backupJobRuns ||= outcome === aborted('startOfReadOnlyNode');
    return this.backupJobRuns ? OK : outcome;
  }
}

class BlocksTheNodeItself extends ReplicationNode {
  override close(): Outcome {
    return this.isBlocked() ? this.answers.nodeBusy : super.close();
  }
}

class AnyTopIdWillDo extends ReplicationNode {
  override checkBackup(): Outcome {
    return this.defects.includes('topIdInvalid') ? TOP_ID_INVALID : OK;
  }
}

class HiddenIsNotLookedAt extends ReplicationNode {
  override checkWiring(): Outcome {
    const isHidden = this.defects.some(
      (name) => name === 'hiddenShorter' || name === 'hiddenCannotBeEmptied',
    );
    return isHidden ? OK : super.checkWiring();
  }
}

class SecondaryDiskIsNotMeasured extends ReplicationNode {
  override checkWiring(): Outcome {
    return this.defects.includes('secondaryLonger') ? OK : super.checkWiring();
  }
}

class ActiveIsNotMeasured extends ReplicationNode {
  override checkWiring(): Outcome {
    const isActive = this.defects.some((name) => name === 'activeLonger' || name === 'activeShorter');
    return isActive ? OK : super.checkWiring();
  }
}

class NodeIsAsLongAsTheOtherDisks extends ReplicationNode {
  override activeExtraSectors(): number {
    return 0;
  }
}

const wrong: readonly (readonly [string, NodeClass])[] = [
  ['regressions/discard-passes-where-no-backup-job-is', DiscardsNeverReachTheDisk],
  ['regressions/discard-passes-where-no-backup-job-is', DiscardsPassTheBackupJob],
  ['regressions/top-id-names-a-node-above', BlocksTheNodeItself],
  ['regressions/top-id-names-an-unrelated-root', AnyTopIdWillDo],
  ['regressions/top-id-names-no-root', AnyTopIdWillDo],
  ['regressions/wiring-hidden-shorter', HiddenIsNotLookedAt],
  ['regressions/wiring-secondary-longer', SecondaryDiskIsNotMeasured],
  ['regressions/wiring-active-longer', ActiveIsNotMeasured],
  ['regressions/wiring-active-longer', NodeIsAsLongAsTheOtherDisks],
  ['regressions/wiring-active-shorter', ActiveIsNotMeasured],
  ['regressions/wiring-active-shorter', NodeIsAsLongAsTheOtherDisks],
  ['regressions/wiring-hidden-cannot-be-emptied', HiddenIsNotLookedAt],
  ['regressions/read-only-active-cannot-be-opened', ReadOnlyActiveIsNoticedAfterTheOptions],
  ['regressions/read-only-node-shares-what-others-do-not', ReadOnlyNodeAsksToWrite],
  ['deviations/start-of-a-read-only-node-kills-the-process', ReadOnlyNodeStarts],
];

test.each(wrong)('%s', (name, node) => {
  const testCase = caseOf(readTrace(`traces/saved/${name}.json`));
  expect(runLockstep(createEfficientSystem(), testCase, { depth: 'full' })).toBeNull();
  expect(runLockstep(createEfficientSystem(node), testCase, { depth: 'full' })).not.toBeNull();
});
