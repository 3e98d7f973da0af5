/** What is to be certified, and the certificate while its parts are run. */
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import type { CampaignCrew } from '../../properties/campaign/campaign.ts';
import type { Certificate } from './certificate-schema.ts';

export interface CertifyOptions {
  /** What a command line calls the system. */
  readonly option: string;
  /** Until the system is there, which says by what it is judged. */
  readonly comparison: ComparisonMode;
  readonly seed: number;
  /** The campaign ends at whichever comes first. */
  readonly casesMax: number;
  readonly secondsMax: number;
  /** Those to be toured. */
  readonly worlds: readonly string[];
  /** Where the certificate is written, and failing traces in a folder of it. */
  readonly folder: string;
  /** The command that does the same again, with a campaign of so many cases. */
  readonly repeat: (comparison: ComparisonMode, cases: number | null) => string;
  /** Others who play batches of the campaign; left out: this process alone. */
  readonly crew?: () => CampaignCrew | null;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
export type Draft = Mutable<Certificate>;
