/** Where the browser for tests of pages is, and whether it must be there. */
import { existsSync } from 'node:fs';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** CHROMIUM names another one. */
export const chromiumPath = [process.env['CHROMIUM'] ?? '', ...usual].find((path) => existsSync(path));

/** Why pages cannot be opened here; null where they can or, by COLOCHECK_REQUIRE_CHROMIUM=1, must. */
export function reasonWithoutPages(): string | null {
  if (process.env['COLOCHECK_REQUIRE_CHROMIUM'] === '1' || chromiumPath !== undefined) return null;
  const reason = `no browser at ${usual.join(', ')}: install chromium, or name one in CHROMIUM`;
  process.stderr.write(`skipped, no pages are opened: ${reason}\n`);
  return reason;
}
