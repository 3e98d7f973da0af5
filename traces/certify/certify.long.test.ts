/** Certificates: only what was run to its end and agreed is certified, and what is left in the middle says so. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { Secondary } from '../../impl/examples/secondary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import type { PlainSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { asyncSubject, syncSubject } from '../../properties/subjects/subject.ts';
import { connect } from '../../properties/subjects/subjects.ts';
import type { Connected } from '../../properties/subjects/subjects.ts';
import { invariants } from '../../properties/invariants/invariants.ts';
import { readTrace } from '../format/trace-file.ts';
import { certificateMarkdown } from './certificate-markdown.ts';
import { certificateSchema } from './certificate-schema.ts';
import type { Certificate } from './certificate-schema.ts';
import { certificateChecks, certificateSummary } from './certificate-summary.ts';
import { certify } from './certify.ts';
import { recordedTraces } from './recorded-part.ts';
import type { CertifyOptions } from './certificate-draft.ts';

let folder = '';
let sound: Certificate;
/** How often a whole run asks whether it was interrupted. */
let questions = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-certify-'));
  const never = (): boolean => ++questions < 0;
  sound = await certify(() => connect('impl'), optionsFor('impl'), silent(never));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function optionsFor(option: string, changes: Partial<CertifyOptions> = {}): CertifyOptions {
  return {
    option,
    comparison: 'qemu',
    seed: 1,
    casesMax: 64,
    secondsMax: Infinity,
    worlds: ['one-cluster'],
    folder,
    repeat: (_comparison, cases) => `npm run certify -- --cases ${cases}`,
    ...changes,
  };
}

function silent(interrupted: () => boolean = () => false) {
  return { progress: { write: () => true }, print: () => {}, interrupted };
}

function run(option: string, changes: Partial<CertifyOptions> = {}): Promise<Certificate> {
  return certify(() => connect(option), optionsFor(option, changes), silent());
}

function runOn(connected: Connected, changes: Partial<CertifyOptions> = {}): Promise<Certificate> {
  return certify(() => Promise.resolve(connected), optionsFor('mine', changes), silent());
}

function written(): Certificate {
  return certificateSchema.parse(JSON.parse(readFileSync(join(folder, 'certificate.json'), 'utf8')));
}

function plain(system: PlainSystem): Connected {
  const guardedSystem = guardSystem(system);
  return { subject: asyncSubject(guardedSystem), system: guardedSystem, version: null };
}

/** The efficient implementation, declaring less than it has. */
function declaring(less: Partial<Capabilities>): Connected {
  const whole = createEfficientSystem();
  const system = Object.assign(whole, { capabilities: { ...whole.capabilities, ...less } });
  return { subject: syncSubject(system), system: guardSystem(system), version: null };
}

describe('a certificate of a system that agrees', () => {
  test('is certified, with versions, counts, cells and laws', () => {
    expect(sound).toMatchObject({
      verdict: 'certified',
      reasons: [],
      failures: [],
      system: { name: 'impl', version: '0.1.0', option: 'impl' },
      versions: { colocheck: '0.1.0', node: process.version },
      comparison: 'qemu',
      repeat: 'npm run certify -- --cases 64',
      recorded: { diverged: 0, notRun: 0, notApplicable: [] },
      tours: [{ world: 'one-cluster', covered: 1960, transitions: 1960, excluded: 0, ended: 'complete' }],
      campaign: { seed: 1, cases: 64, ended: 'cases' },
    });
    expect(sound.recorded?.agreed).toBeGreaterThan(100);
    expect(sound.recorded?.agreed).toBe(sound.recorded?.total);
    expect(sound.laws.map(({ name }) => name)).toEqual(invariants.map(({ name }) => name));
    expect(sound.laws.every(({ steps }) => steps > 0)).toBe(true);
    const counts = sound.cells.map(({ count }) => count);
    const steps = counts.reduce((sum, count) => sum + count, 0);
    expect(sound.laws.find(({ name }) => name === 'stageOrder')?.steps).toBe(steps);
    const replayed = recordedTraces().reduce((sum, { testCase }) => sum + testCase.operations.length, 0);
    expect(steps).toBe(replayed + (sound.campaign?.operations ?? 0));
    expect(counts.some((count) => count === 0)).toBe(true);
  });

  test('says the same to people', () => {
    const text = certificateMarkdown(sound);
    expect(text).toMatch(/^# impl: certified\n/);
    expect(text).toContain('| the same again | `npm run certify -- --cases 64` |');
    const uncovered = sound.cells.find(({ count, isReachable }) => count === 0 && isReachable);
    expect(text).toContain(`- ${uncovered?.mode} ${uncovered?.operation} in ${uncovered?.stage}: `);
    expect(text).toContain('| isolation |');
    expect(certificateSummary(sound, folder)).toContain('impl: certified (comparison: qemu)');
    expect(certificateChecks(sound).checks.map(({ verdict }) => verdict.kind)).toEqual(
      Array(4).fill('passed'),
    );
  });

  test('names of systems are no markup there', () => {
    const text = certificateMarkdown({ ...sound, system: { ...sound.system, name: '<b>|*x*\n# y' } });
    expect(text.split('\n')[0]).toBe(String.raw`# \<b\>\|\*x\* \# y: certified`);
  });

  test('lists what the system does not declare, and the recorded traces that it so cannot be given', async () => {
    const certificate = await run('module:./impl/examples/secondary.ts');
    expect(certificate).toMatchObject({
      verdict: 'certified',
      system: { name: 'secondary.ts', version: '1' },
    });
    const { total = 0, agreed = 0, notApplicable = [] } = certificate.recorded ?? {};
    expect(agreed).toBeGreaterThan(20);
    expect(agreed + notApplicable.length).toBe(total);
    expect(notApplicable).toContainEqual({
      trace: 'traces/saved/unreachable/lost-commit-job.json',
      reason: 'it has no endJob',
    });
    expect(certificate.exclusions).toContainEqual({ what: 'modes', names: ['primary'] });
    const text = certificateMarkdown(certificate);
    expect(text).toContain('- modes: primary');
    expect(text).toContain('  - traces/saved/unreachable/lost-commit-job.json');
  });

  test('leaves out traces with faults of disks that the system does not declare', async () => {
    const certificate = await runOn(declaring({ badSectors: ['active', 'hidden'] }));
    const left = certificate.recorded?.notApplicable.map(({ trace, reason }) => `${trace}: ${reason}`);
    const reason = 'this system cannot be given bad sectors of secondary';
    expect(left).toContain(`traces/saved/regressions/failed-copy-stops-the-write.json: ${reason}`);
    expect(certificate.verdict).toBe('certified');
  });

  test('counts the transitions that the system cannot be given', async () => {
    const { operations } = createEfficientSystem().capabilities;
    const certificate = await runOn(
      declaring({
        operations: operations.filter((name) => name !== 'getError'),
        geometry: { sectorBytes: 'any', lengthSectorsMax: 64 },
      }),
    );
    expect(certificate.verdict).toBe('certified');
    const [tour] = certificate.tours;
    expect(tour?.excluded).toBeGreaterThan(0);
    expect((tour?.transitions ?? 0) + (tour?.excluded ?? 0)).toBe(1960);
  });
});

test('where the design document is the judge there are no tours, and what it allows is counted', async () => {
  const judgedSo = { comparison: 'document', worlds: [] } as const;
  const certificate = await certify(
    () => connect('mutant:empty-write-copies-nothing', judgedSo),
    optionsFor('mutant:empty-write-copies-nothing', judgedSo),
    silent(),
  );
  expect(certificate).toMatchObject({ verdict: 'certified', comparison: 'document', tours: [] });
  expect(Object.keys(certificate.documented)).toEqual(['empty-primary-write-copies-a-unit']);
  const text = certificateMarkdown(certificate);
  expect(text).toContain('- tours: none; they go the ways of one QEMU, not of its document');
  expect(text).toMatch(/- empty-primary-write-copies-a-unit: \d+ steps/);
});

test('a wrong system has diverged, and every failure names a trace beside the certificate', async () => {
  const certificate = await run('mutant:no-copy-before-a-write');
  expect(certificate).toMatchObject({ verdict: 'diverged', reasons: [] });
  expect(new Set(certificate.failures.map(({ part }) => part))).toEqual(
    new Set(['recorded traces', 'tour', 'campaign']),
  );
  for (const { trace, signature } of certificate.failures)
    expect(readTrace(join(folder, trace)).signature).toBe(signature);
  expect(certificateMarkdown(certificate)).toContain('NOT CERTIFIED: it diverged');
  expect(written()).toEqual(certificate);
  const checks = certificateChecks(certificate).checks;
  expect(checks.map(({ verdict }) => verdict.kind)).toEqual(['failed', 'failed', 'failed', 'passed']);
});

describe('is refused', () => {
  const { capabilities } = new Secondary();
  test.each([
    [{ operations: [] }, 'it declares nothing: declare in capabilities at least operations'],
    [{ operations: ['open', 'start'] }, 'it does not declare close'],
    [{ operations: ['open', 'start', 'close'] }, 'it declares no request that writes: declare guestWrite'],
    [
      { operations: ['open', 'start', 'close', 'guestWrite'], observes: ['stage'] },
      'it declares no way to see what its disks hold: declare guestRead or primaryRead',
    ],
  ] satisfies [Partial<Capabilities>, string][])('%j', async (less, reason) => {
    const system = Object.assign(new Secondary(), { capabilities: { ...capabilities, ...less } });
    const certificate = await runOn(plain(system));
    expect(certificate).toMatchObject({ verdict: 'refused', capabilities: null, recorded: null });
    expect(certificate.reasons[0]).toContain(`secondary.ts cannot be certified: ${reason}`);
    expect(written().verdict).toBe('refused');
  });

  test('where a tour cannot be run', async () => {
    const certificate = await runOn(declaring({ modes: ['primary'] }));
    expect(certificate).toMatchObject({ verdict: 'refused', tours: [], campaign: { ended: 'cases' } });
    expect(certificate.reasons).toEqual([
      'the tour of one-cluster could not be run: this system has no secondary mode',
    ]);
  });

  test('where no recorded trace can be given to it', async () => {
    const certificate = await runOn(
      declaring({
        operations: ['open', 'start', 'close', 'guestWrite', 'guestRead'],
        geometry: { sectorBytes: 'any', lengthSectorsMax: 1 },
      }),
    );
    expect(certificate.verdict).toBe('refused');
    expect(certificate.reasons[0]).toMatch(
      /^none of the recorded traces can be given to it: for instance traces\/saved\/regressions\/\S+: \S/,
    );
  });

  test('where the campaign had no time for a single case', async () => {
    const certificate = await run('impl', { secondsMax: 0 });
    expect(certificate).toMatchObject({ verdict: 'refused', campaign: { cases: 0, ended: 'time' } });
    expect(certificate.reasons).toEqual(['the random campaign did not come to its end']);
  });

  test('where it cannot be connected to, with the reason', async () => {
    const failing = (): Promise<Connected> => Promise.reject(new EnvironmentError('there is no cable'));
    await expect(certify(failing, optionsFor('mine'), silent())).rejects.toThrow('there is no cable');
    expect(written()).toMatchObject({ verdict: 'refused', reasons: ['there is no cable'] });
  });

  test('where an answer is none, with the case', async () => {
    let left = 200;
    class Fading extends Secondary {
      override apply(operation: Operation): Outcome {
        if (left-- <= 0) throw new AdapterError('the adapter says perhaps');
        return super.apply(operation);
      }
    }
    const failing = (): Promise<Connected> => Promise.resolve(plain(new Fading()));
    await expect(certify(failing, optionsFor('mine'), silent())).rejects.toThrow(
      /the adapter says perhaps; operation \d+ of the case saved as .*failures\/protocol-.*json$/,
    );
    const { verdict, reasons } = written();
    expect(verdict).toBe('refused');
    const [path = ''] = /\S+\.json$/.exec(reasons[0] ?? '') ?? [];
    expect(existsSync(path)).toBe(true);
  });

  test.each([0, 0.01, 0.5, 0.99, 1])('where it was interrupted, at %d of the run', async (part) => {
    let asked = 0;
    const interrupted = (): boolean => ++asked >= questions * part;
    const certificate = await certify(() => connect('impl'), optionsFor('impl'), silent(interrupted));
    expect(certificate.verdict).toBe('refused');
    expect(certificate.reasons).toEqual(['it was interrupted']);
    expect(written()).toEqual(certificate);
  });

  test('as long as it runs, whatever was there before', async () => {
    await run('impl');
    expect(written().verdict).toBe('certified');
    let during: Certificate | null = null;
    const connecting = (): Promise<Connected> => {
      during = written();
      return connect('impl');
    };
    await certify(connecting, optionsFor('impl'), silent());
    expect(during).toMatchObject({ verdict: 'refused', reasons: ['the run has not come to its end'] });
  });
});

test('a system that is lost again and again is not asked for ever', async () => {
  class Dying extends Secondary {
    override apply(): Outcome {
      throw new Error('no power');
    }
  }
  const certificate = await runOn(plain(new Dying()));
  expect(certificate).toMatchObject({ verdict: 'diverged', recorded: { agreed: 0, diverged: 3 } });
  expect(certificate.recorded?.notRun).toBeGreaterThan(20);
});
