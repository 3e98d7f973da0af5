/** A process that holds the group of another and a folder, says which, and then waits to be ended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdFolder, holdGroup } from '../guard.ts';

// Two in one group, of which the leader does not end the other.
const child = spawn('sh', ['-c', 'sleep 600 & sleep 600'], { detached: true, stdio: 'ignore' });
const folder = mkdtempSync(join(tmpdir(), 'colocheck held '));
const forget = holdGroup(child.pid ?? 0);
const release = holdFolder(folder, () => rmSync(folder, { recursive: true, force: true }));
if (process.argv[2] === 'let-go') {
  forget();
  release();
}
process.stdout.write(`${child.pid} ${folder}\n`);
setInterval(() => {}, 1000);
