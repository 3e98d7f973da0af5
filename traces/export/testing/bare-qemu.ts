/** Runs exported scripts, and says of which recorded traces there are some. */
import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { listTraces } from '../../replay/failure-folder.ts';
import { writeExport } from '../export-file.ts';

export function runScript(
  folder: string,
  name: string,
  script: string,
  environment: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  const path = join(folder, `${name}.py`);
  writeExport(path, [script], 0o777);
  return new Promise((resolve) => {
    const options = { timeout: 60_000, env: { ...process.env, ...environment } };
    execFile('python3', [path], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, said: stdout + stderr });
    });
  });
}

/** An open node finds its link again at no certain time. */
export const uncertain = 'traces/saved/regressions/link-back-in-the-same-node.json';
/** What a script does not hold may be committed before the process dies. */
const dying = 'traces/saved/regressions/a-dying-failover-has-waited-for-another-commit.json';

/** Writes of the primary while a commit has all its requests in flight are answered when it goes on. */
export const crowded = [
  'commit-has-16-requests-in-flight',
  'commit-request-joins-no-two-layers',
  'commit-request-joins-up-to-1-mib',
].map((name) => `traces/saved/regressions/${name}.json`);

export const scriptTraces = [
  ...listTraces('traces/saved/deviations'),
  ...listTraces('traces/saved/regressions'),
]
  .filter((path) => path !== uncertain && path !== dying && !crowded.includes(path))
  .map((path) => [basename(path, '.json'), path] as const);
