/** A system that a module's default export creates: `--system module:FILE`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EnvironmentError } from '../environment-error.ts';
import type { AsyncSystem } from '../system.ts';
import { thrownText } from '../told-text.ts';
import { guardSystem } from './guarded-system.ts';
import { isSystem, shapeProblem } from './system-shape.ts';

const EXAMPLE = 'export default () => new MySystem()';

/** `path` from the working directory. Rejects with `EnvironmentError` that says what is wrong with the module. */
export async function createModuleSystem(path: string): Promise<AsyncSystem> {
  const name = `module:${path}`;
  const create = await defaultExport(name, path);
  if (typeof create !== 'function') {
    const found = create === undefined ? 'has no default export' : 'has a default export that is no function';
    throw new EnvironmentError(`${name} ${found}: write ${EXAMPLE}`);
  }
  const system = await created(name, () => Reflect.apply(create, undefined, []));
  const problem = shapeProblem(system);
  if (problem !== null || !isSystem(system)) {
    throw new EnvironmentError(`${name}: what the default export creates ${problem}`);
  }
  return guardSystem(system);
}

async function defaultExport(name: string, path: string): Promise<unknown> {
  const file = resolve(path);
  if (!existsSync(file)) throw new EnvironmentError(`${name}: there is no file ${file}`);
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new EnvironmentError(`${name} cannot be loaded: ${thrownText(error)}`);
  }
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
}

async function created(name: string, create: () => unknown): Promise<unknown> {
  try {
    return await create();
  } catch (error) {
    throw new EnvironmentError(`${name}: its default export threw: ${thrownText(error)}`);
  }
}
