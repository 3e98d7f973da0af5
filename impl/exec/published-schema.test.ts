/** The published schema says what the code does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { operationNames } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { operationCode } from './operation-code.ts';
import type { OperationCode } from './operation-code.ts';
import { publishedProtocol } from './published-schema.ts';
import type { setupCode } from './setup-code.ts';

test('the published schema is up to date (UPDATE_SCHEMA=1 writes it)', () => {
  const path = join(import.meta.dirname, 'protocol.schema.json');
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, publishedProtocol());
  expect(readFileSync(path, 'utf8')).toBe(publishedProtocol());
});

test('every operation of the vocabulary can be written, and a setup is written as it is', () => {
  const written = operationCode.options.map(({ def }) => def.items[0].def.values[0]);
  expect(new Set(written)).toEqual(new Set(operationNames));
  expectTypeOf<OperationCode[0]>().toEqualTypeOf<(typeof operationNames)[number]>();
  expectTypeOf<Setup>().toExtend<ReadonlyDeep<z.infer<typeof setupCode>>>();
  expectTypeOf<z.infer<typeof setupCode>>().toExtend<Setup>();
});

type ReadonlyDeep<Value> = Value extends readonly (infer Entry)[]
  ? readonly ReadonlyDeep<Entry>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
    : Value;
