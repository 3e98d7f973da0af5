/** The JSON schema of the trace format, for editors and for programs in other languages. */
import { z } from 'zod';
import { TRACE_VERSION, traceSchema } from './trace-schema.ts';

const description =
  'A setup and a sequence of operations for COLO block replication. Sectors and counts are in sectors, sectorBytes in ' +
  'bytes. Beyond this schema: copyUnitSectors is a multiple of hiddenClusterSectors, a slice of the clusters of its ' +
  'overlay, initial content and bad sectors lie within lengthSectors, and the disk has at most 1 GiB.';

/** The text of `traces/trace.schema.json`. */
export function publishedSchema(): string {
  const schema = {
    $id: `urn:colocheck:trace:${TRACE_VERSION}`,
    title: `colocheck trace, version ${TRACE_VERSION}`,
    description,
    ...z.toJSONSchema(traceSchema),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
