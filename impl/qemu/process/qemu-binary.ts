/** Finds the QEMU binary and makes sure that it can be tested: new enough, with the replication driver. */
import { execFile } from 'node:child_process';
import { EnvironmentError } from '../../environment-error.ts';

const INSTALL = 'install it with `apt-get install qemu-system-x86 qemu-utils`';

/** The three commands answer as described from here on; older ones lack `qemu:allocation-depth` or crash in FAILED. */
const OLDEST = { major: 7, minor: 2 } as const;

/**
 * Checks that both programs run and are new enough. `qemu` and `qemuImg` are names in PATH or paths.
 * Rejects with `EnvironmentError`.
 */
export async function checkBinaries(qemu: string, qemuImg: string): Promise<void> {
  const [systemVersion] = await Promise.all([readVersion(qemu), readVersion(qemuImg)]);
  const { major, minor } = systemVersion;
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw new EnvironmentError(
      `${qemu} is version ${major}.${minor}; install QEMU ${OLDEST.major}.${OLDEST.minor} or newer`,
    );
  }
}

/** What `binary --version` says. Rejects with `EnvironmentError`. */
export function qemuVersion(binary = 'qemu-system-x86_64'): Promise<string> {
  return firstLine(binary);
}

async function readVersion(binary: string): Promise<{ major: number; minor: number }> {
  const text = await firstLine(binary);
  const match = /version (\d+)\.(\d+)/.exec(text);
  if (match === null) {
    throw new EnvironmentError(
      `${binary} --version printed "${text}" instead of a QEMU version; name a QEMU binary`,
    );
  }
  return { major: Number(match[1]), minor: Number(match[2]) };
}

function firstLine(binary: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(binary, ['--version'], (error, stdout, stderr) => {
      if (error === null) resolve(stdout.split('\n')[0] ?? '');
      else if (error.code === 'ENOENT') reject(new EnvironmentError(`${binary} not found; ${INSTALL}`));
      else if (error.code === 'EACCES') {
        reject(new EnvironmentError(`${binary} may not be executed; make it executable or name another`));
      } else {
        const said = (stderr.trim() || error.message).split('\n')[0] ?? '';
        reject(new EnvironmentError(`${binary} --version failed: ${said}; ${INSTALL}`));
      }
    });
  });
}
