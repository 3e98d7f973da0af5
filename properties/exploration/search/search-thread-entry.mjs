/** What a thread of a search runs first: Node 20 does not take TypeScript in a worker without being asked to. */
import { register } from 'tsx/esm/api';

register();
await import('./search-thread.ts');
