/** Values of the model in the Informal Trace Format. */
import type { ItfValue } from './itf-schema.ts';

export function integer(value: number): ItfValue {
  return { '#bigint': String(value) };
}

export function setOf(values: readonly ItfValue[]): ItfValue {
  return { '#set': values };
}

export function mapOf(entries: readonly (readonly [ItfValue, ItfValue])[]): ItfValue {
  return { '#map': entries };
}

/** One of several kinds of value, as Apalache and Quint write it. */
export function variant(tag: string, value: ItfValue): ItfValue {
  return { tag, value };
}

/** The only value of the type UNIT. */
export const unit: ItfValue = 'U_OF_UNIT';

export function optional(value: ItfValue | null): ItfValue {
  return value === null ? variant('None', unit) : variant('Some', value);
}

/** From place to entry; places that hold nothing are left out. */
export function entriesOf(content: readonly (number | null)[]): ItfValue {
  return mapOf(
    content.flatMap((entry, place) => (entry === null ? [] : [[integer(place), integer(entry)] as const])),
  );
}

/** The places that hold something: a tag, or true. */
export function placesOf(content: readonly (number | null | boolean)[]): ItfValue {
  return setOf(
    content.flatMap((entry, place) => (entry === null || entry === false ? [] : [integer(place)])),
  );
}
