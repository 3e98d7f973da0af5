/** A name that stands twice in one object of a JSON text: `JSON.parse` keeps the last and says nothing. */

/** Of a name no more is shown. */
const SHOWN_MAX = 60;

/** The name, and where it stands for the second time; null where there is none. `text` is JSON. */
export function repeatedKey(text: string): string | null {
  /** The names of each object that is open; null for a list. */
  const open: (Set<string> | null)[] = [];
  let isKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      isKey = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',') {
      isKey = open.at(-1) !== null;
    } else if (character === '"') {
      const end = endOfString(text, index);
      const names = isKey ? open.at(-1) : null;
      const name = names == null ? '' : nameOf(text.slice(index, end));
      if (names?.has(name) === true)
        return `${JSON.stringify(name.slice(0, SHOWN_MAX))} ${placeOf(text, index)}`;
      names?.add(name);
      isKey = false;
      index = end - 1;
    }
  }
  return null;
}

/** Past its quotation mark. */
function endOfString(text: string, begin: number): number {
  let index = begin + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}

/** Two spellings of one name are one. */
function nameOf(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

function placeOf(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  return `(line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}
