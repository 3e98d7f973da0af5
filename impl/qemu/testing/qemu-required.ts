/** Whether the real binary is here, for tests that need it. */
import { checkBinaries } from '../process/qemu-binary.ts';

/** Why tests against the real binary cannot run here; null where they can or, by COLOCHECK_REQUIRE_QEMU=1, must. */
export async function reasonToSkip(): Promise<string | null> {
  if (process.env['COLOCHECK_REQUIRE_QEMU'] === '1') return null;
  try {
    await checkBinaries('qemu-system-x86_64', 'qemu-img');
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`skipped, no real QEMU: ${reason}\n`);
    return reason;
  }
}
