/** The folder of a campaign's findings: what is in hand, each finding as it comes up, and again when it is shrunk. */
import type { Finding } from '../../properties/campaign/campaign.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { ViewedSystem } from '../view/viewed-run.ts';
import { CaseInHand } from './case-in-hand.ts';
import type { InHand } from './case-in-hand.ts';
import { recordFinding, recordFound } from './record-finding.ts';
import type { RecordedFailure } from './record-finding.ts';

export class FindingsFolder {
  readonly #folder: string;
  readonly #repeat: (seed: number) => string;
  /** Where a finding was saved as it came up, by its signature. */
  readonly #found = new Map<string, string | null>();
  #inHand: CaseInHand | null = null;

  /** `repeat` is the command that draws the same cases again. */
  constructor(folder: string, repeat: (seed: number) => string) {
    this.#folder = folder;
    this.#repeat = repeat;
  }

  begins(of: ViewedSystem, seed: number, cases: readonly Case[], batch: InHand): void {
    this.#inHand ??= new CaseInHand(this.#folder, of, seed, this.#repeat(seed));
    this.#inHand.begins(cases, batch);
  }

  /** Returns its path; null where a smaller one of its kind was there. */
  found(of: ViewedSystem, finding: Finding, seed: number): string | null {
    const path = recordFound(of, finding, seed, this.#folder);
    this.#found.set(finding.signature, path);
    return path;
  }

  report(of: ViewedSystem, finding: Finding, seed: number): RecordedFailure {
    return recordFinding(of, finding, seed, this.#folder, this.#found.get(finding.signature) ?? null);
  }

  /** The campaign has come to its end. */
  end(): void {
    this.#inHand?.end();
  }
}
