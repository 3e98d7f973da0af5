/** Fixes in QEMU's history that no operation of the vocabulary tells from what they mended, and why. */
export interface LeftOut {
  readonly commit: string;
  readonly reason: string;
}

export const historyLeftOut: readonly LeftOut[] = [
  { commit: '29ff789060', reason: 'the first version: its bugs have rows of their own' },
  { commit: 'a8bbee0edf', reason: 'a race of a guest read with a copy; requests here do not overlap' },
  { commit: '720150f318', reason: 'a lock of an iothread' },
  { commit: '47970dfb0a', reason: 'jobs that can be cancelled from outside: the operation endJob does that' },
  { commit: 'f06033295b', reason: 'encrypted layers and persistent bitmaps' },
  { commit: 'f8d59dfb40', reason: 'a race of a guest read with a copy' },
  {
    commit: '3c4e964762',
    reason: 'mended and lost again: disks stay writable today (mutant disks-go-back-to-read-only)',
  },
  { commit: 'ef53dc09ed', reason: 'the chain is never changed under a running commit' },
  { commit: '7a3f542fbd', reason: 'a regression that is still open, in requests of less than a sector' },
  { commit: '981fb5810a', reason: 'limits of copy offload' },
  { commit: '00e30f05de', reason: 'writers that hold the disk by name: the same as no-copy-before-a-write' },
  { commit: '4bc267a7c7', reason: 'a flag of zeroes that nothing here sets' },
  { commit: '08558e3325', reason: 'a lock of an iothread' },
  { commit: '27d07fcfa7', reason: 'an error object of the migration code above' },
  { commit: '86c6a3b690', reason: 'tunables, no bug' },
  { commit: '6690302b84', reason: 'a hang of removing a quorum child, which is above the node' },
  { commit: 'd22933acd2', reason: 'no bug that is seen' },
  { commit: 'b49f4755c7', reason: 'the end of a lock' },
];
