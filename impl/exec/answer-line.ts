/** One line of an adapter as the answer that it should be. */

export interface Answer {
  readonly id: unknown;
  readonly result: unknown;
  readonly error: unknown;
}

/** No answer is nested as deep; who goes through one that is runs out of stack. */
const DEPTH_MAX = 1000;

/** Null where the line is no JSON object. */
export function answerOf(line: string): Answer | null {
  let value: unknown;
  try {
    value = isDeep(line) ? null : JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return {
    id: 'id' in value ? value.id : undefined,
    result: 'result' in value ? value.result : undefined,
    error: 'error' in value ? value.error : undefined,
  };
}

/** Brackets within texts count as well: a text with so many that are never closed is no answer either. */
function isDeep(line: string): boolean {
  if (line.length <= DEPTH_MAX) return false;
  let depth = 0;
  for (let at = 0; at < line.length && depth <= DEPTH_MAX; at++) {
    const character = line[at];
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
  }
  return depth > DEPTH_MAX;
}
