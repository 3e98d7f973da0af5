/** Where a text stops being JSON, in the words of an editor: Node names a position in some of its messages only. */

/** `line L, column C` of the first character that cannot follow what stands before it; the end where more is missing. */
export function placeOfError(text: string): string {
  const before = text.slice(0, soundLength(text)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The same of a text of one line: the column alone, from 1. */
export function columnOfError(line: string): number {
  return soundLength(line) + 1;
}

/** Length of the longest beginning that is JSON or could become JSON; found by halving. */
function soundLength(text: string): number {
  let sound = 0;
  let broken = text.length + 1;
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (couldBecomeJson(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function couldBecomeJson(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined
      ? message.includes('end of JSON input')
      : Number(position) >= beginning.length;
  }
}
