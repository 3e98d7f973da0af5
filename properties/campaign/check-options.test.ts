/** What a program asks a campaign for is looked at before anything runs; and a campaign that is stopped keeps what it found. */
import { describe, expect, test } from 'vitest';
import { Secondary } from '../../impl/examples/secondary.ts';
import createWrong from '../../impl/examples/wrong-secondary.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import { UsageError } from '../jobs/usage-error.ts';
import { check } from './check-system.ts';
import type { CheckOptions } from './check-options.ts';

/** As JavaScript may call it. */
const untyped = (options: object): CheckOptions => Object.assign({}, options);

describe('options that are none are refused', () => {
  test.each([
    [{ case: 5 }, 'there is no option case, did you mean cases?'],
    [{ maxFinding: 1 }, 'there is no option maxFinding, did you mean maxFindings?'],
    [{ quick: true }, 'there is no option quick: use cases, seconds, seed, operations, '],
    [{ cases: 0 }, 'the option cases is 0: must be a whole number, at least 1'],
    [{ cases: Number.NaN }, 'the option cases is NaN: must be a whole number'],
    [{ cases: '100' }, "the option cases is '100': must be a whole number"],
    [{ cases: 1.5 }, 'the option cases is 1.5'],
    [{ seed: -1 }, 'the option seed is -1: must be a whole number, at least 0'],
    [{ operations: 0 }, 'the option operations is 0'],
    [{ maxFindings: 0 }, 'the option maxFindings is 0'],
    [{ seconds: 0 }, 'the option seconds is 0: must be a number above 0'],
    [{ seconds: Number.NaN }, 'the option seconds is NaN'],
    [{ limitSeconds: 'soon' }, "the option limitSeconds is 'soon'"],
    [{ geometry: 'smal' }, "there is no geometry 'smal', did you mean small?"],
    [{ geometry: 7 }, 'the option geometry is 7: use small, real, mixed, or sizes'],
    [{ geometry: { lengthSectors: 8 } }, 'the option geometry: '],
    [{ comparison: 'xen' }, "the option comparison is 'xen': use qemu"],
    [{ signal: {} }, 'the option signal is [object Object]: must be an AbortSignal'],
  ])('%j', async (options, message) => {
    const refused = check(new Secondary(), untyped(options));
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  test('null is no object of options', async () => {
    await expect(check(new Secondary(), JSON.parse('null'))).rejects.toThrow('the options are null');
  });

  test('and what is left undefined is left out', async () => {
    const options = untyped({ cases: 2, seed: 1, operations: undefined, geometry: undefined });
    expect(await check(new Secondary(), options)).toMatchObject({ agreed: true, cases: 2 });
  });
});

/**
 * Answers later, as a system behind a wire; `hangsAt` is the number of the operation that is never answered, `hangs` is
 * called then.
 */
function later(system: Secondary, hangsAt = Infinity, hangs = () => {}): AsyncSystem {
  let asked = 0;
  const never = (): Promise<never> => {
    setImmediate(hangs);
    return new Promise(() => {});
  };
  return {
    name: 'later',
    capabilities: system.capabilities,
    load: async (setup) => system.load(setup),
    apply: (operation: Operation) =>
      ++asked >= hangsAt ? never() : Promise.resolve(system.apply(operation)),
    observe: async () => ({ nodes: system.observe() }),
    accepts: () => true,
    unload: async () => {},
    shutdown: async () => {},
  };
}

describe('a campaign that is stopped', () => {
  test('by a signal ends while an answer is awaited, and does not agree', async () => {
    const stopped = new AbortController();
    const system = later(new Secondary(), 300, () => stopped.abort());
    const checked = check(system, { seed: 1, signal: stopped.signal });
    const { agreed, ended, cases, trouble, findings } = await checked;
    expect({ agreed, ended, trouble, findings }).toEqual({
      agreed: false,
      ended: 'interrupted',
      trouble: null,
      findings: [],
    });
    expect(cases).toBeGreaterThan(0);
  });

  test('before it has begun has run nothing', async () => {
    for (const system of [new Secondary(), later(new Secondary())]) {
      const result = await check(system, { seed: 1, signal: AbortSignal.abort() });
      expect(result).toMatchObject({ agreed: false, ended: 'interrupted', cases: 0, trouble: null });
    }
  });

  test('keeps what was found until then, also where it is being shrunk', async () => {
    const wrong = createWrong();
    let applied = 0;
    const stopped = new AbortController();
    const apply = wrong.apply.bind(wrong);
    const counted = Object.assign(wrong, {
      apply: (operation: Operation) => {
        // The first batch with a failure in it has been judged by then, and shrinking has begun.
        if (++applied === 1300) stopped.abort();
        return apply(operation);
      },
    });
    const { findings, ended, agreed } = await check(counted, { seed: 1, signal: stopped.signal });
    expect({ ended, agreed }).toEqual({ ended: 'interrupted', agreed: false });
    expect(findings.length).toBeGreaterThan(0);
    expect(findings[0]?.found.complete).toBe(false);
  });

  test('at the limit of its runner does not agree, and after its own time does', async () => {
    const limited = await check(later(new Secondary(), 300), { seed: 1, limitSeconds: 0.2 });
    expect(limited).toMatchObject({ agreed: false, ended: 'interrupted' });
    const timed = await check(new Secondary(), { seed: 1, cases: 1e6, seconds: 0.2 });
    expect(timed).toMatchObject({ agreed: true, ended: 'time' });
    const busy = await check(new Secondary(), { seed: 1, cases: 1e6, limitSeconds: 0.2 });
    expect(busy).toMatchObject({ agreed: false, ended: 'interrupted', findings: [] });
  });
});
