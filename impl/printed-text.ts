/** What a system says, as people and continuous integration read it: on one line, bounded, with nothing that acts. */

const CHARACTERS_MAX = 300;

/**
 * What a terminal would act on, or not show, becomes an escape such as `\u001b`; so does the second of two number signs,
 * with which commands to a CI system begin that are obeyed anywhere in a line.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escaped).replaceAll(/##/g, `#${escaped('#')}`);
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** The beginning of a long text, with the length of all of it. */
export function bounded(text: string, charactersMax = CHARACTERS_MAX): string {
  if (text.length <= charactersMax) return visible(text);
  return `${visible(text.slice(0, charactersMax))}... (${text.length} characters)`;
}

/** Whatever was thrown, even where it does not let itself be read. */
export function thrownText(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return bounded(text.replaceAll(/\s+/g, ' '));
  } catch {
    return 'something that cannot be printed';
  }
}

/** A value as it is reported in an error: short, on one line. */
export function quoted(value: unknown): string {
  const line = textOf(value).slice(0, LOOKED_AT).replaceAll(/\s+/g, ' ');
  return visible(line.length <= QUOTED_MAX ? line : `${line.slice(0, QUOTED_MAX - 3)}...`);
}

const QUOTED_MAX = 80;
/** White space shrinks. */
const LOOKED_AT = 8 * QUOTED_MAX;

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  } catch {
    // A circle, a number too large for JSON, or too many levels.
    return `a ${typeof value} that cannot be printed`;
  }
}
