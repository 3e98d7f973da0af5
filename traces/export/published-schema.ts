/** The JSON schemas of the file formats, for editors and for programs in other languages. */
import { z } from 'zod';
import { LOG_VERSION, logSchema } from '../logs/log-schema.ts';
import { flightTraceSchema } from '../in-flight/flight-trace-schema.ts';
import { FLIGHT_TRACE_VERSION, TRACE_VERSION, traceSchema } from '../format/trace-schema.ts';

const beyond =
  'copyUnitSectors is a multiple of hiddenClusterSectors, a slice of the clusters of its overlay, initial content and ' +
  'bad sectors lie within lengthSectors, and the disk has at most 1 GiB';

const traceDescription =
  'A setup and a sequence of operations for COLO block replication. Sectors and counts are in sectors, sectorBytes in ' +
  `bytes. Beyond this schema: ${beyond}.`;

const flightTraceDescription =
  'The same where requests overlap: each entry is an operation by itself, or submits a request, lets it go on to its next ' +
  'station, or awaits its answer. Beyond this schema: only what was submitted is advanced and awaited, no number is ' +
  `submitted again before it is awaited, ${beyond}.`;

const logDescription =
  'One line of a log of COLO block replication. The first line of a log has a format, each case begins with a setup, ' +
  `and each operation is followed by its answer. Beyond this schema: ${beyond}.`;

/** The text of `traces/trace.schema.json`. */
export function publishedTraceSchema(): string {
  return textOf('trace', TRACE_VERSION, traceDescription, traceSchema);
}

/** The text of `traces/in-flight-trace.schema.json`. */
export function publishedFlightTraceSchema(): string {
  return textOf('trace', FLIGHT_TRACE_VERSION, flightTraceDescription, flightTraceSchema);
}

/** The text of `traces/log.schema.json`. */
export function publishedLogSchema(): string {
  return textOf('log', LOG_VERSION, logDescription, logSchema);
}

function textOf(name: string, version: number, description: string, schema: z.ZodType): string {
  const published = {
    $id: `urn:colocheck:${name}:${version}`,
    title: `colocheck ${name}, version ${version}`,
    description,
    ...z.toJSONSchema(schema),
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}
