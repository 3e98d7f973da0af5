/**
 * Recognizes the lines that a log mostly consists of, many times faster than their schema. A line that is not recognized
 * is not yet wrong: the schema decides, and says what is wrong.
 */
import { operationTable } from '../../model/operations.ts';
import { isErrno } from '../../impl/errno.ts';
import { argumentsOf, operationNames } from '../../impl/operation-lists.ts';
import type { ArgumentKind, OperationName } from '../../model/operations.ts';
import { abortRules, layers, NODES_MAX, stages } from '../../model/vocabulary.ts';
import { TAG_MAX } from '../../impl/payload.ts';
import type { LogLine } from './log-schema.ts';

type Check = (value: unknown) => boolean;
type Checks = Readonly<Record<string, Check>>;

/** Whether it is an operation or an answer, to the last key. */
export function isUsualLine(json: unknown): json is LogLine {
  if (!isObject(json)) return false;
  return 'operation' in json ? isOperationLine(json) : isAnswerLine(json);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasKeys(needed: Checks, possible: Checks = {}): Check {
  const checks = new Map(Object.entries({ ...needed, ...possible }));
  const names = Object.keys(needed);
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (checks.get(key)?.(value[key]) !== true) return false;
    for (const name of names) if (!Object.hasOwn(value, name)) return false;
    return true;
  };
}

function oneOf(names: readonly unknown[]): Check {
  const known = new Set(names);
  return (value) => known.has(value);
}

function wholeNumber(most: number): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function arrayOf(isEntry: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index++) if (!isEntry(value[index])) return false;
    return true;
  };
}

const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isTag: Check = Number.isSafeInteger;
const isTags = arrayOf(isTag);
const isOverlay = arrayOf((entry) => entry === null || isTag(entry));
const isAnsweredBy = arrayOf(oneOf(layers));

function argument(kind: ArgumentKind): Check {
  switch (kind) {
    case 'sector':
    case 'count':
      return wholeNumber(2 ** 31);
    case 'tag':
      return wholeNumber(TAG_MAX);
    case 'boolean':
      return isBoolean;
    case 'boolean or null':
      return oneOf([true, false, null]);
    default:
      return oneOf(kind);
  }
}

function operationCheck(op: OperationName): Check {
  const taken = argumentsOf(op).map(([name, kind]) => [name, argument(kind)] as const);
  const place = operationTable[op].scope === 'node' ? { node: wholeNumber(NODES_MAX - 1) } : {};
  return hasKeys({ op: isString, ...Object.fromEntries(taken) }, place);
}

function byKey(key: string, checks: Iterable<readonly [name: string, check: Check]>): Check {
  const known = new Map<unknown, Check>(checks);
  return (value) => isObject(value) && known.get(value[key])?.(value) === true;
}

const isOperation = byKey(
  'op',
  operationNames.map((op) => [op, operationCheck(op)]),
);

const isOutcome = byKey(
  'kind',
  Object.entries({
    ok: hasKeys({ kind: isString }),
    data: hasKeys({ kind: isString, tags: isTags }),
    error: hasKeys({ kind: isString, message: isString }),
    errno: hasKeys({ kind: isString, errno: isErrno }),
    status: hasKeys({ kind: isString, error: (value) => value === null || isString(value) }),
    abort: hasKeys({ kind: isString, rule: oneOf(abortRules) }),
  }),
);

const isShownNode = hasKeys(
  {},
  {
    stage: oneOf(stages),
    errorFlag: isBoolean,
    view: isOutcome,
    active: isOverlay,
    hidden: isOverlay,
    secondary: isTags,
    wiring: hasKeys(
      {},
      {
        blocked: isBoolean,
        hiddenReadOnly: isBoolean,
        secondaryReadOnly: isBoolean,
        hiddenAttached: isTag,
        secondaryAttached: isTag,
      },
    ),
    answeredBy: (value) => value === null || isAnsweredBy(value),
    commitRuns: isBoolean,
  },
);

const isNodes = arrayOf(isShownNode);
const isProbe: Check = (value) => value === null || isOutcome(value);
const isShown = hasKeys(
  {},
  {
    nodes: (value) => isNodes(value) && Array.isArray(value) && value.length <= NODES_MAX,
    probes: hasKeys({ getError: isProbe, startOtherMode: isProbe }),
    settled: arrayOf(wholeNumber(NODES_MAX - 1)),
  },
);

const isId: Check = (value) => typeof value === 'string' || Number.isSafeInteger(value);
const isOperationLine = hasKeys({ operation: isOperation }, { id: isId });
const isAnswerLine = hasKeys({ answer: isOutcome }, { id: isId, shown: isShown });
