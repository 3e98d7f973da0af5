/** What npm runs after `npm ci` and before it packs. */
import { ensureBuilt } from './build.mjs';

ensureBuilt();
