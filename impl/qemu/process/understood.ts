/** What QEMU says, parsed by a schema or reported as it is. */
import { z } from 'zod';
import { UnexpectedAnswer } from '../watch/qemu-lost.ts';

/** Longest piece of an answer that is quoted. */
const QUOTED_CHARACTERS = 200;

/** `value` as `schema` has it. Throws `UnexpectedAnswer` where it is something else; `about` names the question. */
export function understood<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  about: string,
): z.output<Schema> {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw new UnexpectedAnswer('nonsense', `${about} answered ${quoted(value)}: ${firstProblem(error)}`);
}

export function firstProblem(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ');
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}...`;
}
