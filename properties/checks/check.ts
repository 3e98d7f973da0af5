/** What a command has checked, one by one, as continuous integration counts it. */
export interface Check {
  readonly name: string;
  readonly seconds: number;
  /** Null where it passed. */
  readonly failure: CheckFailure | null;
}

export interface CheckFailure {
  /** One line. */
  readonly message: string;
  readonly details: string;
  /** The trace that shows it, where there is one. */
  readonly trace: string | null;
}

export interface CheckSuite {
  /** The command. */
  readonly name: string;
  readonly checks: readonly Check[];
}

export function failuresOf({ checks }: CheckSuite): readonly (Check & { readonly failure: CheckFailure })[] {
  return checks.flatMap((check) => {
    const { failure } = check;
    return failure === null ? [] : [{ ...check, failure }];
  });
}
