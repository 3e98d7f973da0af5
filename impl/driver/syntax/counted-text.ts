/**
 * A driver that counts: its text with a counter before each statement and around each condition and each operand of `&&`
 * and `||`. It is only for finding out what a campaign reaches; what is judged is the file as it stands.
 */
import { functionsOf, lineOf } from './syntax-tree.ts';
import type { SyntaxNode } from './syntax-tree.ts';

export interface CountedPlace {
  readonly line: number;
  readonly kind: 'statement' | 'condition';
  readonly what: string;
  readonly function: string;
  /** Its counter; a condition has two: of false and of true. */
  readonly at: number;
}

export interface CountedText {
  readonly text: string;
  readonly places: readonly CountedPlace[];
  readonly countersUsed: number;
}

interface Insertion {
  readonly at: number;
  /** Of several in one place the lowest comes first. */
  readonly rank: number;
  readonly text: string;
}

export function countedText(text: string, name: string): CountedText {
  const places: CountedPlace[] = [];
  const insertions: Insertion[] = [];
  let next = 0;
  const known = new Set<string>();
  for (const each of functionsOf(text, name)) {
    visit(each, (kind, node) => {
      const key = `${kind} ${node.from} ${node.to}`;
      if (known.has(key) || node.isMacro) return;
      known.add(key);
      const what = text.slice(node.from, node.to).replaceAll(/\s+/g, ' ');
      places.push({ line: lineOf(text, node.from), kind, what, function: each.text, at: next });
      // Closings before openings, the shorter first; openings with the longer first.
      if (kind === 'statement') insertions.push({ at: node.from, rank: 0, text: `ground_passed(${next}); ` });
      else {
        const length = node.to - node.from;
        insertions.push({ at: node.from, rank: 2 - length / text.length, text: `ground_decided(${next}, ` });
        insertions.push({ at: node.to, rank: -2 + length / text.length, text: ')' });
      }
      next += kind === 'statement' ? 1 : 2;
    });
  }
  return { text: inserted(text, insertions), places, countersUsed: next };
}

function inserted(text: string, insertions: readonly Insertion[]): string {
  const ordered = insertions.toSorted((one, other) => one.at - other.at || one.rank - other.rank);
  let made = '';
  let from = 0;
  for (const { at, text: given } of ordered) {
    made += text.slice(from, at) + given;
    from = at;
  }
  return made + text.slice(from);
}

type Visitor = (kind: CountedPlace['kind'], node: SyntaxNode) => void;

const noStatements = new Set(['CaseStmt', 'DefaultStmt', 'LabelStmt', 'DeclStmt', 'NullStmt']);

function visit(node: SyntaxNode, visitor: Visitor): void {
  for (const statement of statementsOf(node))
    if (!noStatements.has(statement.kind)) visitor('statement', { ...statement, isMacro: false });
  for (const condition of conditionsOf(node)) visitor('condition', condition);
  for (const child of node.children) visit(child, visitor);
}

function statementsOf({ kind, children }: SyntaxNode): readonly SyntaxNode[] {
  if (kind === 'CompoundStmt' || kind === 'LabelStmt' || kind === 'DefaultStmt') return children;
  return kind === 'CaseStmt' ? children.slice(1) : [];
}

function conditionsOf({ kind, text, children }: SyntaxNode): readonly SyntaxNode[] {
  if (kind === 'IfStmt' || kind === 'WhileStmt' || kind === 'ConditionalOperator')
    return children.slice(0, 1);
  return kind === 'BinaryOperator' && (text === '&&' || text === '||') ? children : [];
}
