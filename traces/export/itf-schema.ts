/**
 * What a file in the Informal Trace Format must be, by ADR 15 of Apalache in its revision of September 2023: integers are
 * written `{ "#bigint": "7" }` and never as numbers of JSON. There is no published schema; this one also asks for what
 * Apalache demands of a trace that it is to read: a type for each variable.
 */
import { z } from 'zod';

export type ItfValue =
  | boolean
  | string
  | readonly ItfValue[]
  | { readonly '#bigint': string }
  | { readonly '#tup': readonly ItfValue[] }
  | { readonly '#set': readonly ItfValue[] }
  | { readonly '#map': readonly (readonly [ItfValue, ItfValue])[] }
  | { readonly '#unserializable': string }
  | { readonly [field: string]: ItfValue };

/** Names that begin with # are those of the format. */
const ownName = z.string().regex(/^[^#]/);

const inner: z.ZodType<ItfValue> = z.lazy(() => itfValue);

const itfValue: z.ZodType<ItfValue> = z.union([
  z.boolean(),
  z.string(),
  z.array(inner),
  z.strictObject({ '#bigint': z.string().regex(/^-?[0-9]+$/) }),
  z.strictObject({ '#tup': z.array(inner) }),
  z.strictObject({ '#set': z.array(inner) }),
  z.strictObject({ '#map': z.array(z.tuple([inner, inner])) }),
  z.strictObject({ '#unserializable': z.string() }),
  z.record(ownName, inner),
]);

const state = z.object({ '#meta': z.record(z.string(), z.unknown()).optional() }).catchall(itfValue);

const trace = z.strictObject({
  '#meta': z.looseObject({ varTypes: z.record(ownName, z.string()) }),
  params: z.array(ownName).optional(),
  vars: z.array(ownName).min(1),
  states: z.array(state).min(1),
  loop: z.int().min(0).optional(),
});

export type ItfTrace = z.infer<typeof trace>;

export const itfSchema = trace.superRefine((given, context) => {
  for (const message of problems(given)) context.addIssue({ code: 'custom', message });
});

function problems({ '#meta': { varTypes }, params = [], vars, states, loop }: ItfTrace): string[] {
  const names = new Set([...params, ...vars]);
  return [
    ...(names.size < params.length + vars.length ? ['a name is declared twice'] : []),
    ...differences('varTypes', Object.keys(varTypes), vars),
    ...states.flatMap((each, index) =>
      differences(
        `states[${index}]`,
        Object.keys(each).filter((name) => name !== '#meta'),
        index === 0 ? [...params, ...vars] : vars,
      ),
    ),
    ...(loop !== undefined && loop >= states.length ? [`loop is ${loop}: there is no such state`] : []),
  ];
}

function differences(place: string, given: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...wanted.filter((name) => !given.includes(name)).map((name) => `${place} lacks ${name}`),
    ...given.filter((name) => !wanted.includes(name)).map((name) => `${place} has ${name}, not declared`),
  ];
}
