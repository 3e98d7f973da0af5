/** Tags and the words of their payloads: which tags have any, and the way there and back at any place of a buffer. */
import { describe, expect, test } from 'vitest';
import { POISON_WORD, TAG_MAX, UNKNOWN_TAG } from '../../payload.ts';
import { contentNumber, FOREIGN_CONTENT, NO_CONTENT } from '../../state-access.ts';
import { restoreSector, TagWords } from './tag-words.ts';

const SECTORS = 5;

test.each([0, -4, 2, 6])('sectors of %i bytes are refused', (sectorBytes) => {
  expect(() => new TagWords(SECTORS, sectorBytes)).toThrow(
    new RangeError(`geometry.sectorBytes is ${sectorBytes}: must be a positive multiple of 4`),
  );
});

test('a tag that has no payload is reported', () => {
  const tags = new TagWords(SECTORS, 8);
  expect([0, 1, TAG_MAX, TAG_MAX + 1, -1, 1.5, Number.NaN].map((tag) => tags.hasPayload(tag))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  for (const tag of [TAG_MAX + 1, -1, 1.5]) {
    expect(() => tags.image(tag)).toThrow(
      `tag ${tag} has no payload: use a whole number from 0 to ${TAG_MAX}`,
    );
  }
  expect(tags.image(TAG_MAX)).toHaveLength(SECTORS * 2);
});

describe.each([4, 8, 12])('sectors of %i bytes', (sectorBytes) => {
  const tags = new TagWords(SECTORS, sectorBytes);
  const { wordsPerSector } = tags;
  /** Where the words of sector 1 begin. */
  const at = 7;
  const content = [3, 0, TAG_MAX, 1];

  function written(): Uint32Array {
    const words = new Uint32Array(at + SECTORS * wordsPerSector).fill(POISON_WORD);
    for (const [index, tag] of content.entries()) {
      restoreSector(tags, contentNumber(tag), index + 1, words, at + index * wordsPerSector);
    }
    return words;
  }

  test('are found again wherever they lie', () => {
    expect(tags.decode(written(), at, 1, content.length)).toEqual(content);
    const into = new Int32Array(content.length + 4).fill(-77);
    tags.saveSectors(written(), at, 1, 1 + content.length, into, 2);
    expect([...into]).toEqual([-77, -77, ...content.map(contentNumber), -77, -77]);
  });

  test('are not taken for those of another sector, nor with a wrong last word', () => {
    const words = written();
    expect(tags.decodeSector(words, at, 2)).toBe(UNKNOWN_TAG);
    const last = at + wordsPerSector - 1;
    words[last] = (words[last] ?? 0) ^ 0x80000000;
    expect(tags.decode(words, at, 1, 2)).toEqual([UNKNOWN_TAG, 0]);
    const into = new Int32Array(2);
    tags.saveSectors(words, at, 1, 3, into, 0);
    expect([...into]).toEqual([FOREIGN_CONTENT, contentNumber(0)]);
  });

  test('that differ from tag 1 as tag 0 would if it were written like the others are no tag', () => {
    const words = tags.image(1).map((word, index) => (index % wordsPerSector === 0 ? word ^ 1 : word));
    expect(tags.decode(words, 0, 0, SECTORS)).toEqual(Array<number>(SECTORS).fill(UNKNOWN_TAG));
    const into = new Int32Array(SECTORS);
    tags.saveSectors(words, 0, 0, SECTORS, into, 0);
    expect([...into]).toEqual(Array<number>(SECTORS).fill(FOREIGN_CONTENT));
  });

  test.each([NO_CONTENT, FOREIGN_CONTENT])('get poison for the content %i', (number) => {
    const words = written();
    restoreSector(tags, number, 2, words, at + wordsPerSector);
    expect(tags.decode(words, at, 1, content.length)).toEqual(content.with(1, UNKNOWN_TAG));
    expect(words.slice(at + wordsPerSector, at + 2 * wordsPerSector)).toEqual(
      new Uint32Array(wordsPerSector).fill(POISON_WORD),
    );
  });
});
