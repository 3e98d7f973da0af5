/**
 * Adapters whose answers are mutated at random: whatever comes over the wire leads to agreement, a finding or one clear
 * line, within two seconds. COLOCHECK_LONG=1 tries 20,000 of them.
 */
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Secondary } from '../../impl/examples/secondary.ts';
import { BatchingExecSystem } from '../../impl/exec/batching-system.ts';
import { Connection, plainDialect } from '../../impl/exec/exec-system.ts';
import type { Dialect } from '../../impl/exec/exec-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { HostAnswers } from '../../impl/module/host-answers.ts';
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { HarnessDefect } from '../lockstep/harness-defect.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import { asyncSubject } from '../subjects/subject.ts';
import { mutated } from './mutated-text.ts';
import type { Choose } from './mutated-text.ts';

const COUNT = process.env['COLOCHECK_LONG'] === '1' ? 20_000 : 300;
const SEED = 22;
/** Of a hang: an answer that never comes is a finding like another. */
const TIMEOUT_MS = 60;

/** What comes of an answer's line; the next adapter is made with it. */
const wire = vi.hoisted(() => {
  vi.resetModules();
  return { change: (line: string): string => line };
});
afterAll(() => vi.resetModules());

vi.mock('node:child_process', async (importOriginal) => {
  const original: object = await importOriginal();
  return { ...original, spawn: () => new FakeAdapter() };
});

/** The example in TypeScript, as a process that is none. */
class FakeAdapter extends EventEmitter {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly pid = undefined;

  constructor() {
    super();
    const answers = new HostAnswers(guardSystem(new Secondary()));
    const { change } = wire;
    let last = Promise.resolve();
    createInterface({ input: this.stdin }).on('line', (line) => {
      // What is no request starts the process.
      if (!line.startsWith('{')) return;
      const asked: { id?: unknown } = requestIn(line);
      const before = last;
      last = (async () => {
        await before;
        const result = await answers.to(asked);
        this.stdout.write(change(`${JSON.stringify({ id: asked.id, result })}\n`));
      })();
    });
  }

  unref(): void {}
}

function requestIn(line: string): object {
  const asked: unknown = JSON.parse(line);
  return typeof asked === 'object' && asked !== null ? asked : {};
}

beforeEach(() => {
  wire.change = (line) => line;
});

const { capabilities } = new Secondary();
const cases = fc.sample(caseArbitrary({ capabilities, geometry: 'small', operationsMax: 12 }), {
  seed: SEED,
  numRuns: 50,
});

type Verdict = Divergence | EnvironmentError | null;

/** The one in this process takes operations as they are. */
const dialect: Dialect = { ...plainDialect('none'), operation: (operation) => operation };

async function verdictOn(testCase: Case): Promise<Verdict> {
  try {
    const connection = new Connection('none', TIMEOUT_MS, 'qemu', dialect);
    const system = new BatchingExecSystem(connection, await connection.open());
    try {
      return await asyncSubject(system).judge(testCase, 'full');
    } finally {
      await system.shutdown().catch(() => {});
    }
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
}

function lineOf(verdict: Verdict): string {
  if (verdict === null) return 'agreed';
  return verdict instanceof EnvironmentError
    ? verdict.message
    : `${signatureOf(verdict)}: ${describeDivergence('mutated', verdict)}`;
}

function kindOf(verdict: Verdict): string {
  if (verdict === null) return 'agreed';
  return verdict instanceof EnvironmentError ? 'refused' : verdict.kind;
}

test(
  `${COUNT} mutated answers (seed ${SEED}) each end in a clear line or a finding`,
  { timeout: 3_600_000 },
  async () => {
    const counts = new Map<string, number>();
    let slowest = 0;
    const numbers = fc.sample(fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), {
      seed: SEED,
      numRuns: COUNT,
    });
    for (const [index, drawn] of numbers.entries()) {
      let next = 0;
      const choose: Choose = (below) => (drawn[next++ % drawn.length] ?? 0) % below;
      const testCase = cases[index % cases.length] ?? { setup: { nodes: [] }, operations: [] };
      // Hello is answered first, the case as a whole after it.
      let left = choose(4) === 0 ? 0 : 1;
      wire.change = (line) => (left-- === 0 ? mutated(line, choose) : line);
      const seconds = stopwatch();
      const verdict = await verdictOn(testCase);
      slowest = Math.max(slowest, seconds());
      expect(verdict).not.toBeInstanceOf(HarnessDefect);
      const line = lineOf(verdict);
      expect(line).toMatch(/^[^\p{Cc}\u2028\u2029]{1,4000}$/u);
      expect(line).not.toContain(' at file:');
      counts.set(kindOf(verdict), (counts.get(kindOf(verdict)) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual(['agreed', 'lost', 'observation', 'outcome', 'refused']);
    console.log(`the slowest verdict took ${slowest.toFixed(2)} s`);
  },
);
