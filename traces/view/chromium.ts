/** The browser that the pages are tested in. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why pages cannot be tested here; null where they can or, by COLOCHECK_REQUIRE_CHROMIUM=1, must. */
export function reasonToSkip(): string | null {
  if (process.env['COLOCHECK_REQUIRE_CHROMIUM'] === '1' || existsSync(EXECUTABLE)) return null;
  const reason = `there is no ${EXECUTABLE}: install chromium, or name it in CHROMIUM`;
  process.stderr.write(`skipped, no browser: ${reason}\n`);
  return reason;
}

/** Its own sandbox needs rights that containers and root lack; the pages are ours. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
