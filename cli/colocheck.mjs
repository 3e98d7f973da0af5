/** The command line in a clone: it runs what is built, and builds it first where a source has changed since. */
import { ensureBuilt } from './build/build.mjs';

ensureBuilt();
await import('../dist/cli/cli.js');
