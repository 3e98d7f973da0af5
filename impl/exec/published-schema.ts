/** The JSON schema of the protocol, for adapters in other languages. */
import { z } from 'zod';
import { outcomeCode, partCodes } from './answer-code.ts';
import { operationCode } from './operation-code.ts';
import { answerSchema, PROTOCOL_VERSION, requestSchema, resultSchemas } from './protocol.ts';
import { setupCode } from './setup-code.ts';

const description =
  'Messages between colocheck and an adapter of a system under test, one JSON object a line over stdin and stdout. ' +
  'request: what colocheck sends. answer: what the adapter sends back. result_NAME: the result of an answer to the ' +
  'request of that name. parts: what stands for each part of a node that is shown. See PROTOCOL.md beside this file.';

const codes = { setup: setupCode, operation: operationCode, outcome: outcomeCode, parts: partCodes };

/** The text of `impl/exec/protocol.schema.json`. */
export function publishedProtocol(): string {
  const registry = z.registry<{ id: string }>();
  const results = Object.entries(resultSchemas).map(([name, schema]) => [`result_${name}`, schema] as const);
  const all = { request: requestSchema, answer: answerSchema, ...Object.fromEntries(results), ...codes };
  for (const [id, schema] of Object.entries(all)) registry.add(schema, { id });
  // What an adapter sends may leave out whatever has a default.
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/$defs/${id}` });
  const definitions = Object.entries(schemas).map(([id, schema]) => [id, withoutAddress(schema)] as const);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:colocheck:exec:${PROTOCOL_VERSION}`,
    title: `colocheck exec protocol, version ${PROTOCOL_VERSION}`,
    description,
    anyOf: [{ $ref: '#/$defs/request' }, { $ref: '#/$defs/answer' }],
    $defs: Object.fromEntries(definitions),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function withoutAddress({ $schema: _schema, $id: _id, ...rest }: Readonly<Record<string, unknown>>): object {
  return rest;
}
