/** The real binary as a system that declares only what this build of it has. */
import type { AsyncSystem } from '../system.ts';
import { defectsLeftOut } from './graph/block-formats.ts';
import { createQemuSystem } from './qemu-system.ts';
import type { QemuOptions } from './qemu-system.ts';

/**
 * What the binary was built without is left out of what it can be given; `tell` is called with one line on it. Rejects with
 * `EnvironmentError` where nothing can be tested without it.
 */
export async function connectQemuSystem(
  options: QemuOptions,
  tell: (line: string) => void,
): Promise<AsyncSystem> {
  const binary = options.binary ?? 'qemu-system-x86_64';
  const leftOut = await defectsLeftOut(binary);
  const without = leftOut.map(({ defect }) => defect);
  if (leftOut.length > 0) {
    const formats = [...new Set(leftOut.flatMap((each) => each.formats))].join(', ');
    tell(`${binary} was built without ${formats}: the defects ${without.join(', ')} are left out`);
  }
  return createQemuSystem(options, without);
}
