/** What the first node that has one says of its error, as `query-xen-replication-status` does. */
import { z } from 'zod';
import type { Outcome } from '../../../model/vocabulary.ts';
import type { QmpClient } from './qmp-client.ts';
import { understood } from './understood.ts';

const statusSchema = z.discriminatedUnion('error', [
  z.object({ error: z.literal(false) }),
  z.object({ error: z.literal(true), desc: z.string() }),
]);

const QUERY = 'query-xen-replication-status';

/** Rejects as `QmpClient.execute` does. */
export async function replicationError(qmp: QmpClient): Promise<Outcome> {
  const status = understood(statusSchema, await qmp.execute(QUERY), QUERY);
  return status.error ? { kind: 'error', message: status.desc } : { kind: 'ok' };
}
