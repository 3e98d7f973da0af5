/** Where a certificate lies. What a run leaves that ends in the middle says so, and is not that of the run before. */
import { join } from 'node:path';
import { writeWhole } from '../../properties/results/result-file.ts';
import { certificateMarkdown } from './certificate-markdown.ts';
import { certificateSchema } from './certificate-schema.ts';
import type { Certificate } from './certificate-schema.ts';

export function jsonPath(folder: string): string {
  return join(folder, 'certificate.json');
}

/** Each file is written whole or not at all, and the one for machines last. Throws a `UsageError` where it cannot be written. */
export function writeCertificate(folder: string, certificate: Certificate): void {
  const sound = certificateSchema.parse(certificate);
  writeWhole(join(folder, 'certificate.md'), certificateMarkdown(sound));
  writeWhole(jsonPath(folder), `${JSON.stringify(sound, null, 2)}\n`);
}
