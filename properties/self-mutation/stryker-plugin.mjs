// Stryker loads its plugins with plain Node, in every one of its processes.
import { register } from 'tsx/esm/api';

register();
export const { strykerPlugins, strykerValidationSchema } = await import('./in-process-runner.ts');
