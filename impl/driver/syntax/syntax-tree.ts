/** The functions of a driver as trees of statements and expressions with their places in its text, as clang sees them. */
import { syntaxTree } from '../compile/compiled-driver.ts';

export interface SyntaxNode {
  readonly kind: string;
  /** Of an operator, a constant, or whatever is named. */
  readonly text: string;
  /** Of an expression. */
  readonly type: string;
  /** Where it begins, and where what follows begins. */
  readonly from: number;
  readonly to: number;
  /** It is, or ends in, what a macro stands for. */
  readonly isMacro: boolean;
  readonly children: readonly SyntaxNode[];
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly isMacro: boolean;
}

/** The functions that the driver itself defines, in its order. */
export function functionsOf(text: string, name: string): readonly SyntaxNode[] {
  const dumped: unknown = JSON.parse(syntaxTree(text, name));
  const reader = new TreeReader(text);
  return listOf(dumped, 'inner')
    .filter((node) => reader.isOwnFunction(node))
    .map((node) => reader.read(node));
}

class TreeReader {
  readonly #text: string;
  /** Where the character stands whose bytes begin at a place: clang counts bytes. Null where a byte is a character. */
  readonly #characterAt: Uint32Array | null;

  constructor(text: string) {
    this.#text = text;
    this.#characterAt = charactersByByte(text);
  }

  /** Its text is where its place says: other files have other texts there. */
  isOwnFunction(node: unknown): boolean {
    if (wordOf(node, 'kind') !== 'FunctionDecl') return false;
    const body = listOf(node, 'inner').find((child) => wordOf(child, 'kind') === 'CompoundStmt');
    if (body === undefined) return false;
    const { from, to } = this.#place(body);
    const own = this.#text.slice(this.#place(node).from, from);
    return own.includes(wordOf(node, 'name')) && this.#text[from] === '{' && this.#text[to - 1] === '}';
  }

  read(node: unknown): SyntaxNode {
    const referenced = fieldOf(node, 'referencedDecl');
    const text =
      wordOf(node, 'opcode') || wordOf(node, 'value') || wordOf(node, 'name') || wordOf(referenced, 'name');
    return {
      kind: wordOf(node, 'kind'),
      text,
      type: wordOf(fieldOf(node, 'type'), 'qualType'),
      ...this.#place(node),
      children: listOf(node, 'inner').map((child) => this.read(child)),
    };
  }

  #place(node: unknown): Place {
    const range = fieldOf(node, 'range');
    const begin = fieldOf(range, 'begin');
    const end = fieldOf(range, 'end');
    const expansion = fieldOf(end, 'expansionLoc');
    const last = expansion ?? end;
    const from = numberOf(fieldOf(begin, 'expansionLoc') ?? begin, 'offset');
    const to = numberOf(last, 'offset') + numberOf(last, 'tokLen');
    return {
      from: this.#character(from),
      to: expansion === undefined ? this.#character(to) : this.#argumentsEnd(this.#character(to)),
      isMacro: expansion !== undefined || fieldOf(begin, 'expansionLoc') !== undefined,
    };
  }

  #character(byte: number): number {
    return this.#characterAt?.[byte] ?? byte;
  }

  /** A macro with arguments ends where they do. */
  #argumentsEnd(at: number): number {
    if (this.#text[at] !== '(') return at;
    let depth = 0;
    for (let place = at; place < this.#text.length; place++) {
      if (this.#text[place] === '(') depth++;
      if (this.#text[place] === ')' && --depth === 0) return place + 1;
    }
    return at;
  }
}

function charactersByByte(text: string): Uint32Array | null {
  const length = Buffer.byteLength(text);
  if (length === text.length) return null;
  const places = new Uint32Array(length + 1);
  let byte = 0;
  let at = 0;
  for (const character of text) {
    places[byte] = at;
    byte += Buffer.byteLength(character);
    at += character.length;
  }
  places[byte] = at;
  return places;
}

/** A node and all below it. */
export function* allOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of node.children) yield* allOf(child);
}

export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function wordOf(value: unknown, name: string): string {
  const word = fieldOf(value, name);
  return typeof word === 'string' ? word : '';
}

function numberOf(value: unknown, name: string): number {
  const number = fieldOf(value, name);
  return typeof number === 'number' ? number : 0;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}
