/** The JSON schema of the trace format, for editors and for programs in other languages. */
import { z } from 'zod';
import { traceSchema } from './trace-schema.ts';

/** The text of `traces/trace.schema.json`. */
export function publishedSchema(): string {
  const schema = { ...z.toJSONSchema(traceSchema), title: 'colocheck trace, version 1' };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
