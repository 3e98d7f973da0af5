/** Starts an adapter and makes a system of it: `--system exec:COMMAND`. */
import type { AsyncSystem } from '../system.ts';
import { BatchingExecSystem } from './batching-system.ts';
import { Connection, ExecSystem, TIMEOUT_MS } from './exec-system.ts';
import type { Comparison } from './exec-system.ts';

export interface ExecOptions {
  readonly command: string;
  readonly timeoutMs?: number;
  /** What the answers are judged by, which the adapter is sent; left out: the real QEMU. */
  readonly comparison?: Comparison;
}

/** Starts the command and shakes hands. Rejects with `AdapterError` where that fails. */
export async function createExecSystem({
  command,
  timeoutMs = TIMEOUT_MS,
  comparison = 'qemu',
}: ExecOptions): Promise<AsyncSystem> {
  const connection = new Connection(command, timeoutMs, comparison);
  const hello = await connection.open();
  return hello.capabilities.run
    ? new BatchingExecSystem(connection, hello)
    : new ExecSystem(connection, hello);
}
