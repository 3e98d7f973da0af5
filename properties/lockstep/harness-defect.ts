/** An error in the harness itself, while it judges a case: it says nothing of the system, and the case is kept. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { thrownText } from '../../impl/printed-text.ts';
import type { Case } from '../cases/case.ts';

export class HarnessDefect extends EnvironmentError {
  readonly during: Pick<Case, 'setup' | 'operations'>;
  /** The operation that was judged, where that is known. */
  readonly operationIndex: number | null;

  constructor(error: unknown, { setup, operations }: Case, operationIndex: number | null) {
    super(
      `a defect of colocheck, not of the system: ${thrownText(error)}${placeOf(error)}; please report it`,
    );
    this.cause = error;
    this.during = { setup, operations };
    this.operationIndex = operationIndex;
  }
}

function placeOf(error: unknown): string {
  const frame = error instanceof Error ? /^ +at (.*)$/m.exec(error.stack ?? '')?.[1] : undefined;
  return frame === undefined ? '' : ` (at ${frame})`;
}

/** Runs a part of the harness: what it throws, and no system has thrown, is its own defect. */
export function judging<Result>(testCase: Case, operationIndex: number | null, judge: () => Result): Result {
  try {
    return judge();
  } catch (error) {
    if (error instanceof SystemLost || error instanceof EnvironmentError) throw error;
    throw new HarnessDefect(error, testCase, operationIndex);
  }
}
