/** What was edited or cut off does not pass for a certificate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../properties/subjects/subjects.ts';
import { certificateSchema } from './certificate-schema.ts';
import type { Certificate } from './certificate-schema.ts';
import { certify } from './certify.ts';

let folder = '';
let sound: Certificate;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-certificate-'));
  const options = {
    option: 'impl',
    comparison: 'qemu',
    seed: 1,
    casesMax: 64,
    secondsMax: Infinity,
    worlds: ['one-cluster'],
    folder,
    repeat: () => 'npm run certify',
  } as const;
  const silent = { progress: { write: () => true }, print: () => {}, interrupted: () => false };
  sound = await certify(() => connect('impl'), options, silent);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what was edited or cut off is no certificate', () => {
  test.each([
    ['no campaign', () => ({ campaign: null }), 'the random campaign did not come to its end'],
    [
      'an interrupted campaign',
      () => ({ campaign: sound.campaign && { ...sound.campaign, ended: 'interrupted' } }),
      'the random campaign did not come to its end',
    ],
    ['no tour', () => ({ tours: [] }), 'the tour of one-cluster was not completed'],
    ['no world', () => ({ worlds: [], tours: [] }), 'no world was toured'],
    ['no recorded traces', () => ({ recorded: null }), 'the recorded traces were not all run'],
    ['nothing declared', () => ({ capabilities: null }), 'nothing was declared'],
    ['a reason', () => ({ reasons: ['it was interrupted'] }), 'is certified, although it was interrupted'],
    ['divergence without failures', () => ({ verdict: 'diverged' }), 'is diverged, with 0 failures'],
    ['refusal without a reason', () => ({ verdict: 'refused' }), 'is refused, with no reason'],
    ['another version', () => ({ version: 2 }), 'expected 1'],
    ['a further key', () => ({ note: 'trust me' }), 'note'],
  ])('%s', (_name, change, message) => {
    expect(certificateSchema.safeParse(sound).success).toBe(true);
    const { success, error } = certificateSchema.safeParse({ ...sound, ...change() });
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(message);
  });
});
