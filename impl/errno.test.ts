/** Any error number is an outcome, by whatever way it comes in; what is no name of one is none. */
import { describe, expect, test } from 'vitest';
import { dataOutcome } from './qemu/data-operations.ts';
import { errnoOf, isErrno } from './errno.ts';
import { decodeOutcome } from './exec/answer-code.ts';
import { outcomeProblem } from './module/answer-check.ts';
import { PayloadImages } from './payload.ts';

describe.each(['EIO', 'EINVAL', 'ENOSPC', 'EPERM', 'ENOMEDIUM'])('%s', (errno) => {
  const outcome = { kind: 'errno', errno };

  test('is an outcome of an adapter, a module and an NBD server', () => {
    expect(decodeOutcome(errno)).toEqual(outcome);
    expect(outcomeProblem(outcome)).toBeNull();
    expect(dataOutcome({ kind: 'errno', errno }, new PayloadImages(1, 512), null)).toEqual(outcome);
  });
});

test.each(['E', 'eio', 'EIO ', 'E\nIO', `E${'X'.repeat(24)}`, 'NOSPC', 5])(
  '%j is no error number',
  (name) => {
    expect(isErrno(name)).toBe(false);
    expect(outcomeProblem({ kind: 'errno', errno: name })).toContain('must be an outcome');
    expect(() => decodeOutcome(name)).toThrow('is no outcome');
  },
);

test('numbers of the driver have the names of Linux', () => {
  expect([28, 123, 4711].map(errnoOf)).toEqual(['ENOSPC', 'ENOMEDIUM', null]);
});
