/** What a result was made with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({ version: z.string() });

export function versionsHere(): { colocheck: string; node: string; platform: string } {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return {
    colocheck: packageSchema.parse(JSON.parse(text)).version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
