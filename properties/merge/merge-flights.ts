/** The campaign with overlap that shards of one campaign make together. */
import { ORDERS_COUNTED } from '../in-flight/campaign/flight-statistics.ts';
import type { FlightResult, ResultHead } from '../results/result-schema.ts';
import { mergedFailures, sum, worstEnd } from './merge-verify.ts';

/** `parts` are of one job and have no shard in common; there is at least one. */
export function mergeFlights(head: ResultHead, parts: readonly FlightResult[]): FlightResult {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to merge');
  return {
    ...head,
    command: 'verify --in-flight',
    options: first.options,
    ended: worstEnd(parts),
    trouble: parts.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    cases: sum(parts.map(({ cases }) => cases)),
    operations: sum(parts.map(({ operations }) => operations)),
    overlaps: sum(parts.map(({ overlaps }) => overlaps)),
    stations: sum(parts.map(({ stations }) => stations)),
    mostInFlight: Math.max(...parts.map(({ mostInFlight }) => mostInFlight)),
    undecided: sum(parts.map(({ undecided }) => undecided)),
    whyUndecided: parts.find(({ whyUndecided }) => whyUndecided !== null)?.whyUndecided ?? null,
    ...mergedOrders(head, parts, first),
    ...mergedFailures(parts),
    seconds: Number(sum(parts.map(({ seconds }) => seconds)).toFixed(3)),
    longestSeconds: Math.max(...parts.map(({ longestSeconds }) => longestSeconds)),
  };
}

/** An order that several shards have followed is one. */
function mergedOrders(
  { shards }: ResultHead,
  parts: readonly FlightResult[],
  first: FlightResult,
): Pick<FlightResult, 'orders' | 'orderHashes'> {
  if (first.orderHashes === null) return { orders: first.orders, orderHashes: null };
  const hashes = new Set(parts.flatMap(({ orderHashes }) => orderHashes ?? []));
  const known = [...hashes].toSorted((left, right) => left - right).slice(0, ORDERS_COUNTED);
  return { orders: known.length, orderHashes: shards.count === 1 ? null : known };
}
