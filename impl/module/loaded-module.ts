/** The system that the default export of a module creates. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EnvironmentError } from '../environment-error.ts';
import type { AsyncSystem, PlainSystem } from '../system.ts';
import { thrownText } from '../printed-text.ts';
import { importModule } from './import-module.ts';
import { isSystem, shapeProblem } from './system-shape.ts';

const EXAMPLE = 'export default () => new MySystem()';

/** `path` from the working directory. Rejects with `EnvironmentError` that says what is wrong with the module. */
export async function loadModule(path: string): Promise<PlainSystem | AsyncSystem> {
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
  return system;
}

/** Throws an `EnvironmentError` where there is none. */
export function requireModule(path: string): void {
  const file = resolve(path);
  if (!existsSync(file)) throw new EnvironmentError(`module:${path}: there is no file ${file}`);
}

async function defaultExport(name: string, path: string): Promise<unknown> {
  requireModule(path);
  let loaded: unknown;
  try {
    loaded = await importModule(pathToFileURL(resolve(path)).href);
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
