/** What stands for a content that is no tag: the same signs and words on the screen and on the page of a failure. */

export const contentSymbols = {
  notAllocated: { sign: '-', words: 'not allocated' },
  unreadable: { sign: '!', words: 'unreadable' },
  refused: { sign: 'x', words: 'refused' },
  foreign: { sign: '?', words: "no write's content" },
  notShown: { sign: '.', words: 'not shown' },
} as const;

/** Tags that no write has: of a sector that cannot be read, and of bytes that no write left. */
const UNREADABLE = -2;
const FOREIGN = -1;

/** How a cell of a table shows an entry of a layer: a tag, null where none is allocated, undefined where it is not shown. */
export function contentSign(entry: number | null | undefined): string {
  if (entry === undefined) return contentSymbols.notShown.sign;
  if (entry === null) return contentSymbols.notAllocated.sign;
  if (entry === UNREADABLE) return contentSymbols.unreadable.sign;
  return entry === FOREIGN ? contentSymbols.foreign.sign : String(entry);
}

/** How a sentence names an entry, as a divergence has it. */
export function contentWords(entry: string): string {
  switch (entry) {
    case 'null':
      return contentSymbols.notAllocated.words;
    case String(UNREADABLE):
      return contentSymbols.unreadable.words;
    case String(FOREIGN):
      return contentSymbols.foreign.words;
    default:
      return entry;
  }
}
