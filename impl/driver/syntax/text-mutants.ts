/** Mutants of a C file: its text with one thing changed, by rules, wherever a rule fits. */
import { allOf, functionsOf, lineOf } from './syntax-tree.ts';
import type { SyntaxNode } from './syntax-tree.ts';

export const mutationRules = [
  'statement left out',
  'condition negated',
  'operator exchanged',
  'constant changed',
  'sign dropped',
  'arguments exchanged',
  'early return',
] as const;
export type MutationRule = (typeof mutationRules)[number];

export interface TextMutant {
  /** Line, rule and what stood there. */
  readonly name: string;
  readonly line: number;
  readonly rule: MutationRule;
  readonly text: string;
}

interface Edit {
  readonly rule: MutationRule;
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

const otherOperators: Readonly<Record<string, readonly string[]>> = {
  '==': ['!='],
  '!=': ['=='],
  '<': ['<=', '>'],
  '>': ['>=', '<'],
  '<=': ['<'],
  '>=': ['>'],
  '&&': ['||'],
  '||': ['&&'],
  '&': ['|'],
  '|': ['&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '<<': ['>>'],
  '>>': ['<<'],
  '=': [],
  '|=': ['&='],
  '+=': ['-='],
  '-=': ['+='],
};

/** Names that may stand for each other. */
const families: readonly (readonly string[])[] = [
  [
    'BLOCK_REPLICATION_NONE',
    'BLOCK_REPLICATION_RUNNING',
    'BLOCK_REPLICATION_FAILOVER',
    'BLOCK_REPLICATION_FAILOVER_FAILED',
    'BLOCK_REPLICATION_DONE',
  ],
  ['REPLICATION_MODE_PRIMARY', 'REPLICATION_MODE_SECONDARY'],
  ['MIRROR_SYNC_MODE_NONE', 'MIRROR_SYNC_MODE_TOP'],
];

/**
 * Locks, references and memory: the ground has one thread and lets nothing go, so that without them nothing is different.
 * What becomes of a QEMU without them cannot be seen here.
 */
const withoutEffect =
  /^(aio_context_|bdrv_graph_|bdrv_drain|bdrv_subtree_drain|bdrv_ref|bdrv_unref\b|job_start|g_free|error_free|qemu_opts_del|qemu_iovec_(init|destroy)|(GLOBAL_STATE|IO)_CODE|GRAPH_)/;

/** Every mutant, in the order of the text. `lines` are the only ones that may be changed, where they are given. */
export function textMutants(text: string, name: string, lines?: ReadonlySet<number>): readonly TextMutant[] {
  const edits = functionsOf(text, name).flatMap((each) => editsOf(each, text));
  const mutants = new Map<string, TextMutant>();
  for (const { rule, from, to, by } of edits.toSorted((one, other) => one.from - other.from)) {
    const line = lineOf(text, from);
    if (lines !== undefined && !lines.has(line)) continue;
    const changed = text.slice(0, from) + by + text.slice(to);
    if (mutants.has(changed)) continue;
    const was = oneLine(text.slice(from, to));
    const now = rule === 'early return' || by === '' ? '' : ` to ${oneLine(by)}`;
    mutants.set(changed, { name: `${line}: ${rule}: ${was}${now}`, line, rule, text: changed });
  }
  return [...mutants.values()];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function editsOf(of: SyntaxNode, text: string): Edit[] {
  const edits: Edit[] = [];
  const isVoid = of.type.startsWith('void');
  for (const node of allOf(of)) {
    edits.push(
      ...statementEdits(node, text, isVoid),
      ...conditionEdits(node, text),
      ...expressionEdits(node, text),
    );
  }
  return edits;
}

/** Statements of a block: calls and assignments are left out, and a return is put before. */
function statementEdits({ kind, children }: SyntaxNode, text: string, isVoid: boolean): Edit[] {
  if (kind !== 'CompoundStmt' && kind !== 'CaseStmt') return [];
  const edits: Edit[] = [];
  for (const child of children) {
    const end = text.indexOf(';', child.to - 1);
    const isSimple = isStatement(child) && !/[{]|^\W*$/.test(text.slice(child.from, child.to));
    if (withoutEffect.test(text.slice(child.from, child.to))) continue;
    if (isSimple) edits.push({ rule: 'statement left out', from: child.from, to: end + 1, by: ';' });
    if (isVoid && child.kind !== 'ReturnStmt' && (isSimple || child.kind === 'IfStmt')) {
      edits.push({ rule: 'early return', from: child.from, to: child.from, by: 'return; ' });
    }
  }
  return edits;
}

function isStatement({ kind, text }: SyntaxNode): boolean {
  if (kind === 'BinaryOperator') return text === '=';
  return ['CallExpr', 'CompoundAssignOperator', 'BreakStmt', 'ReturnStmt', 'GotoStmt'].includes(kind);
}

function conditionEdits({ kind, children }: SyntaxNode, text: string): Edit[] {
  const [condition] = children;
  if (condition === undefined || !['IfStmt', 'WhileStmt', 'ConditionalOperator'].includes(kind)) return [];
  const { from, to, isMacro } = condition;
  if (isMacro) return [];
  return [{ rule: 'condition negated', from, to, by: `!(${text.slice(from, to)})` }];
}

function expressionEdits(node: SyntaxNode, text: string): Edit[] {
  const { kind, children, from, to, isMacro } = node;
  if (kind === 'BinaryOperator' || kind === 'CompoundAssignOperator') return operatorEdits(node, text);
  if (kind === 'CallExpr') return argumentEdits(node, text);
  if (kind === 'UnaryOperator' && node.text === '-') {
    return [{ rule: 'sign dropped', from, to: from + 1, by: '' }];
  }
  if (kind === 'UnaryOperator' && node.text === '!') {
    return [{ rule: 'operator exchanged', from, to: from + 1, by: '' }];
  }
  if (kind === 'IntegerLiteral' && !isMacro) return constantEdits(from, to, text);
  if (kind === 'IntegerLiteral' && /^(true|false)$/.test(text.slice(from, to))) {
    const by = text.slice(from, to) === 'true' ? 'false' : 'true';
    return [{ rule: 'constant changed', from, to, by }];
  }
  if (kind === 'DeclRefExpr' && children.length === 0 && !isMacro) {
    const family = families.find((names) => names.includes(node.text)) ?? [];
    const by = family[(family.indexOf(node.text) + 1) % family.length];
    return by === undefined ? [] : [{ rule: 'constant changed', from, to, by }];
  }
  return [];
}

function constantEdits(from: number, to: number, text: string): Edit[] {
  const given = text.slice(from, to);
  if (!/^\d+$/.test(given)) return [];
  return [{ rule: 'constant changed', from, to, by: given === '0' ? '1' : '0' }];
}

function operatorEdits({ text: operator, children }: SyntaxNode, text: string): Edit[] {
  const [left, right] = children;
  const others = otherOperators[operator];
  if (left === undefined || right === undefined || others === undefined) return [];
  const at = text.indexOf(operator, left.to);
  if (at < 0 || at >= right.from) return [];
  return others.map((by) => ({ rule: 'operator exchanged', from: at, to: at + operator.length, by }));
}

/** Neighbours of one type. */
function argumentEdits({ children: [, ...given] }: SyntaxNode, text: string): Edit[] {
  return given.flatMap((one, index) => {
    const other = given[index + 1];
    if (other === undefined || one.type !== other.type || one.to > other.from) return [];
    const [first, second] = [text.slice(one.from, one.to), text.slice(other.from, other.to)];
    if (first === second) return [];
    const between = text.slice(one.to, other.from);
    return [{ rule: 'arguments exchanged', from: one.from, to: other.to, by: `${second}${between}${first}` }];
  });
}
