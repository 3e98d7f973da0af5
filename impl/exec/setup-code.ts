/** How a setup is written on the wire: as in a trace. */
import { z } from 'zod';
import { defects, layers, modes, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';

const size = z.int().min(1);
const place = z.int().min(0);

const geometryCode = z.strictObject({
  lengthSectors: size,
  sectorBytes: size,
  activeClusterSectors: size,
  hiddenClusterSectors: size,
  copyUnitSectors: size.describe('a multiple of hiddenClusterSectors'),
  commitUnitSectors: size,
  activeSliceSectors: size
    .optional()
    .describe(
      'sectors of an L2 slice of active; sent only where slices are "any"; a multiple of its cluster',
    ),
  hiddenSliceSectors: size
    .optional()
    .describe(
      'sectors of an L2 slice of hidden; sent only where slices are "any"; a multiple of its cluster',
    ),
  gaps: z
    .array(z.strictObject({ sector: size, sectors: size }))
    .min(1)
    .optional()
    .describe(
      'sent only where diskSectorsMax is declared: before `sector` the disk has `sectors` more, which no request reaches and which must stay empty',
    ),
});

const nodeCode = z.strictObject({
  mode: z.enum(modes),
  geometry: geometryCode,
  initialContent: z
    .array(z.strictObject({ sector: place, count: place, tag: place }))
    .describe('of the secondary disk; later extents lie over earlier ones, all else is zeroes (tag 0)'),
  readOnly: z.array(z.enum(readOnlyPlaces)),
  badSectors: z.array(
    z.strictObject({ disk: z.enum(layers), access: z.enum(['read', 'write']), sector: place }),
  ),
  defects: z.array(z.enum(defects)),
  commitRequestsMax: size.describe('requests that the failover commit keeps in flight at most'),
});

export const setupCode = z.strictObject({ nodes: z.array(nodeCode).min(1).max(NODES_MAX) });
