/** What a command has checked, one by one, as continuous integration counts it. */
export interface Check {
  /** The same in each run, so that a server can show its history. */
  readonly name: string;
  /** One line on this run; may be empty. */
  readonly about: string;
  readonly seconds: number;
  readonly verdict: CheckVerdict;
}

export type CheckVerdict =
  | { readonly kind: 'passed' }
  /** `message` is one line; `trace` the path of the trace that shows it, where there is one. */
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly details: string;
      readonly trace: string | null;
    }
  /** It could not be checked. */
  | { readonly kind: 'error'; readonly message: string; readonly details: string; readonly trace: null }
  | { readonly kind: 'skipped'; readonly reason: string };

export type Problem = Extract<CheckVerdict, { kind: 'failed' | 'error' }>;

export interface CheckSuite {
  /** The command and what it was run on. */
  readonly name: string;
  /** What else there is to know of the run, by name. */
  readonly properties: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}

export const passed: CheckVerdict = { kind: 'passed' };

/** The check that stands for the run itself, where it did not come to its end. */
export function brokenRun(message: string, details: string): Check {
  const verdict: CheckVerdict = { kind: 'error', message, details, trace: null };
  return { name: 'the run', about: '', seconds: 0, verdict };
}

export function problemsIn({ checks }: CheckSuite): readonly (Check & { readonly verdict: Problem })[] {
  return checks.flatMap((check) => {
    const { verdict } = check;
    return verdict.kind === 'failed' || verdict.kind === 'error' ? [{ ...check, verdict }] : [];
  });
}
