/** A certificate on one screen, and as continuous integration counts it. */
import { join } from 'node:path';
import { passed } from '../../properties/checks/check.ts';
import type { Check, CheckSuite, CheckVerdict } from '../../properties/checks/check.ts';
import type { Certificate } from './certificate-schema.ts';

export function certificateSummary(certificate: Certificate, folder: string): string {
  const { system, comparison, recorded, tours, campaign, cells, failures, verdict } = certificate;
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const covered = reachable.filter(({ count }) => count > 0);
  return [
    ...(recorded === null
      ? []
      : [
          `recorded traces: ${recorded.agreed} agree, ${recorded.diverged} diverge, ${recorded.notApplicable.length} not applicable, ${recorded.notRun} not run`,
        ]),
    ...tours.map(
      ({ world, covered: walked, transitions, unentered, ended }) =>
        `tour of ${world}: ${walked} of ${transitions - unentered} transitions (${ended})`,
    ),
    ...(campaign === null
      ? []
      : [
          `campaign: ${campaign.cases} cases, ${campaign.operations} operations, seed ${campaign.seed}, ended by ${campaign.ended}`,
          `cells: ${covered.length} of ${reachable.length} covered`,
        ]),
    `${system.name}: ${verdict}${failures.length === 0 ? '' : `, ${failures.length} failures`} (comparison: ${comparison})`,
    `certificate: ${join(folder, 'certificate.md')}, ${join(folder, 'certificate.json')}`,
  ].join('\n');
}

export function certificateChecks(certificate: Certificate): CheckSuite {
  const { system, failures, reasons, worlds, tours, campaign } = certificate;
  const parts = [
    { name: 'recorded traces', part: 'recorded traces', seconds: 0 },
    ...worlds.map((world) => ({
      name: `tour of ${world}`,
      part: 'tour',
      seconds: tours.find((tour) => tour.world === world)?.seconds ?? 0,
    })),
    { name: 'random campaign', part: 'campaign', seconds: campaign?.seconds ?? 0 },
  ].map(({ name, part, seconds }): Check => {
    const [first] = failures.filter(
      (failure) => failure.part === part && (part !== 'tour' || name === `tour of ${failure.from}`),
    );
    const verdict: CheckVerdict =
      first === undefined
        ? passed
        : { kind: 'failed', message: first.sentence, details: first.from, trace: first.trace };
    return { name, about: '', seconds, verdict };
  });
  const verdict: CheckVerdict =
    reasons.length === 0
      ? passed
      : { kind: 'error', message: reasons.join('; '), details: certificate.repeat, trace: null };
  return {
    name: `certify ${system.name}`,
    properties: { verdict: certificate.verdict },
    checks: [...parts, { name: 'the certificate', about: '', seconds: 0, verdict }],
  };
}
