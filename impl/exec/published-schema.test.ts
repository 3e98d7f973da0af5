/** The published schema says what the code does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { encodeOperation, operationCode } from './operation-code.ts';
import type { OperationCode } from './operation-code.ts';
import { publishedProtocol } from './published-schema.ts';
import type { setupCode } from './setup-code.ts';

test('the published schema is up to date (UPDATE_SCHEMA=1 writes it)', () => {
  const path = join(import.meta.dirname, 'protocol.schema.json');
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, publishedProtocol());
  expect(readFileSync(path, 'utf8')).toBe(publishedProtocol());
});

test.each([
  [{ op: 'open' }, ['open', 0]],
  [{ op: 'close', node: 2 }, ['close', 2]],
  [{ op: 'start', mode: 'primary' }, ['start', 'primary']],
  [{ op: 'checkpoint' }, ['checkpoint']],
  [{ op: 'stop', failover: false }, ['stop', false]],
  [
    { op: 'setReplication', failover: null, primary: true, enable: false },
    ['setReplication', false, true, null],
  ],
  [{ op: 'guestRead', count: 2, sector: 3, node: 1 }, ['guestRead', 1, 3, 2]],
  [{ op: 'primaryWrite', tag: 4, sector: 0, count: 1 }, ['primaryWrite', 0, 0, 1, 4]],
  [{ op: 'breakSector', disk: 'hidden', access: 'read', sector: 5 }, ['breakSector', 0, 'hidden', 'read', 5]],
  [{ op: 'failEmptying', disk: 'active', how: 'kept' }, ['failEmptying', 0, 'active', 'kept']],
] satisfies [Operation, OperationCode][])('%o is written as %o', (operation, code) => {
  expect(encodeOperation(operation)).toEqual(code);
  expect(operationCode.parse(code)).toEqual(code);
});

test('operations and setups of the vocabulary are what is written', () => {
  expectTypeOf<OperationCode[0]>().toEqualTypeOf<OperationName>();
  expectTypeOf<Setup>().toExtend<ReadonlyDeep<z.infer<typeof setupCode>>>();
  expectTypeOf<z.infer<typeof setupCode>>().toExtend<Setup>();
});

type ReadonlyDeep<Value> = Value extends readonly (infer Entry)[]
  ? readonly ReadonlyDeep<Entry>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
    : Value;
