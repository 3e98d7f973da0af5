/** A campaign by the design document, for the tests of that comparison. */
import type { System } from '../../../impl/system.ts';
import { runCampaign } from '../../campaign/campaign.ts';
import type { Statistics } from '../../campaign/campaign.ts';
import { syncSubject } from '../../subjects/subject.ts';
import type { Subject } from '../../subjects/subject.ts';

const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

export function campaign(subject: Subject, casesMax: number, seed = 11): Promise<Statistics> {
  return runCampaign(
    subject,
    {
      seed,
      casesMax,
      secondsMax: Infinity,
      operationsMax: 60,
      geometry: 'mixed',
      depth: 'full',
      findingsMax: 1,
    },
    silent,
  );
}

export function documented(system: System): Subject {
  return syncSubject(system, system.name, 'document');
}
