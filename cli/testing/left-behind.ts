/** What a run has left behind: processes that it started, and files that are not whole. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTrace } from '../../traces/format/trace-file.ts';

/** Processes, zombies aside, that were started with this in their environment. */
export function processesWith(mark: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)) return [];
      const state = /\) (\S)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1'))?.[1];
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return state === 'Z' ? [] : [{ pid: Number(name), command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/** A line for each file in a folder of findings that is not whole. What is written beside a file is none yet. */
export function brokenFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name);
    if (name.endsWith('.html'))
      return readFileSync(path, 'utf8').endsWith('</html>\n') ? [] : [`${name} is cut off`];
    if (!name.endsWith('.json')) return [];
    try {
      if (!readFileSync(path, 'utf8').startsWith('{"format":"colocheck-in-hand"')) readTrace(path);
      else JSON.parse(readFileSync(path, 'utf8'));
      return [];
    } catch (error) {
      return [String(error)];
    }
  });
}

/** Paths of traces that a run has named and that are not there. */
export function lostFindings(said: string): string[] {
  const named = [...said.matchAll(/^(?:found: \S+ \((.*)\); |trace: {2}(.*)$)/gm)];
  const paths = named.map(([, found, trace]) => found ?? trace ?? '');
  return paths.filter((path) => !existsSync(path)).map((path) => `${path} was named and is not there`);
}
