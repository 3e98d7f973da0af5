/** What a system is given: a copy that cannot be written, so that a case stays what it is. */

/** Of data as JSON can hold it; what is undefined is left out. */
export function given<Value>(value: Value): Value;
export function given(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((entry: unknown) => given(entry)));
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) if (part !== undefined) copy[name] = given(part);
  return Object.freeze(copy);
}
