/** The names of error numbers: an open set, as errno.h has them. */
import { z } from 'zod';
import type { Errno } from '../model/vocabulary.ts';

const AFTER_E = /^[A-Z0-9]{1,23}$/;

export const errnoSchema = z
  .templateLiteral(['E', z.string().regex(AFTER_E)])
  .describe('The name of an error number, such as EIO, EINVAL or ENOSPC.');

export function isErrno(value: unknown): value is Errno {
  return typeof value === 'string' && value.startsWith('E') && AFTER_E.test(value.slice(1));
}

/** Of Linux, which QEMU's block layer answers with. */
const numbers: ReadonlyMap<number, Errno> = new Map<number, Errno>([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [4, 'EINTR'],
  [5, 'EIO'],
  [6, 'ENXIO'],
  [9, 'EBADF'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [16, 'EBUSY'],
  [17, 'EEXIST'],
  [19, 'ENODEV'],
  [22, 'EINVAL'],
  [27, 'EFBIG'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
  [32, 'EPIPE'],
  [34, 'ERANGE'],
  [75, 'EOVERFLOW'],
  [95, 'ENOTSUP'],
  [104, 'ECONNRESET'],
  [108, 'ESHUTDOWN'],
  [110, 'ETIMEDOUT'],
  [122, 'EDQUOT'],
  [123, 'ENOMEDIUM'],
  [125, 'ECANCELED'],
]);

/** The name of a positive error number; null where none is known. */
export function errnoOf(number: number): Errno | null {
  return numbers.get(number) ?? null;
}
