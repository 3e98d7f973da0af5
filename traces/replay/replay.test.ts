/** Replay: what it says of traces that agree, differ, or cannot be run. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { everything } from '../../properties/cases/full-capabilities.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { syncSubject } from '../../properties/subjects/subject.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { caseOf, replay, replayTraceFile } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

const path = 'traces/saved/regressions/copy-before-write-hides-primary-write.json';
const trace = readTrace(path);
const sound = syncSubject(createEfficientSystem());
function wrong(): Subject {
  return openSubject('mutant:no-copy-before-a-write');
}

describe('replay', () => {
  test('says that a trace agrees', async () => {
    const result = await replay(path, trace, sound);
    expect(result.text).toBe(`${path}: impl and the model agree in all 7 operations (comparison: qemu)`);
    expect(JSON.parse(JSON.stringify(result.data))).toEqual({
      trace: path,
      system: 'impl',
      comparison: 'qemu',
      operations: 7,
      agreed: true,
      step: null,
      signature: null,
      sentence: null,
    });
  });

  test('says at which step what differed, on one screen', async () => {
    const result = await replay(path, trace, wrong());
    expect(result.data).toMatchObject({
      agreed: false,
      step: 3,
      signature: 'observation-primaryWrite-running-view',
    });
    expect(result.text.split('\n').length).toBeLessThan(30);
    expect(result.text).toContain(`replayed from ${path}`);
    expect(result.text).toContain(
      'Step 3 (primaryWrite sector 0 tag 22, stage running): view at sector 0 is 22 in mutant:no-copy-before-a-write, 11 in the model',
    );
  });

  test('leaves out operations that are marked to be skipped', async () => {
    const operations = trace.operations.map((operation) =>
      operation.op === 'primaryWrite' ? { ...operation, skip: true as const } : operation,
    );
    expect(caseOf({ ...trace, operations }).operations.map(({ op }) => op)).not.toContain('primaryWrite');
    expect((await replay(path, { ...trace, operations }, wrong())).agreed).toBe(true);
  });

  test('refuses what the system cannot be given', async () => {
    const without: Subject = { ...sound, capabilities: { ...everything, operations: ['open', 'start'] } };
    await expect(replay(path, trace, without)).rejects.toThrow(
      new UsageError(`${path} cannot be run on impl: it has no primaryWrite`),
    );
    const primaryOnly: Subject = { ...sound, capabilities: { ...everything, modes: ['primary'] } };
    await expect(replay(path, trace, primaryOnly)).rejects.toThrow(
      new UsageError(`${path} cannot be run on impl: this system has no secondary mode`),
    );
  });

  test.each([
    ['agrees', () => sound],
    ['differs', wrong],
  ])('shuts the system down when it %s', async (_name, subject) => {
    let shutdowns = 0;
    const counting = (): Subject => ({
      ...subject(),
      shutdown: () => {
        shutdowns++;
        return Promise.resolve();
      },
    });
    await replayTraceFile(path, counting);
    expect(shutdowns).toBe(1);
  });

  test('does not open a system for a trace that cannot be read', async () => {
    const open = (): Subject => {
      throw new Error('opened');
    };
    await expect(replayTraceFile('traces/none.json', open)).rejects.toThrow('cannot read traces/none.json');
  });
});
