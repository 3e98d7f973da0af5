/** The schema of traces and the shared vocabulary say the same. */
import { expectTypeOf, test } from 'vitest';
import type { Operation } from '../model/operations.ts';
import type { Setup } from '../model/vocabulary.ts';
import type { Trace, TraceOperation } from './trace-schema.ts';

type WithoutSkip<Entry> = Entry extends unknown ? Omit<Entry, 'skip'> : never;

test('a trace holds exactly the setups and operations of the vocabulary (checked by the compiler)', () => {
  expectTypeOf<Trace['setup']>().toEqualTypeOf<Setup>();
  expectTypeOf<WithoutSkip<TraceOperation>>().toExtend<Operation>();
  expectTypeOf<Operation>().toExtend<WithoutSkip<TraceOperation>>();
});
