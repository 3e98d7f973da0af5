/** How a view shows a sector that cannot be read by itself. */
import type { Tag } from '../../../model/vocabulary.ts';

export const UNREADABLE: Tag = -2;
