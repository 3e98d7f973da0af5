/** Writes a saved trace in the Informal Trace Format, which Apalache, Quint and their viewers read. */
import { walkOf } from '../../properties/cases/case.ts';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import { geometriesOf, variablesOf, variableTypes } from './itf-variables.ts';
import { caseOf } from '../replay/replay.ts';
import type { Trace } from '../format/trace-schema.ts';

const FORMAT = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

/**
 * The lines of the file, one a state: what the model expects, before the first operation and after each. The lines
 * come one by one because those of a long trace over a big disk make no string together.
 */
export function* itfLines(trace: Trace, path: string): Generator<string> {
  const testCase = caseOf(trace);
  const { start, steps } = walkOf(testCase);
  const head = {
    '#meta': {
      format: 'ITF',
      'format-description': FORMAT,
      source: path,
      description: trace.note ?? trace.found?.divergence ?? 'A trace of COLO block replication.',
      varTypes: variableTypes,
    },
    params: ['geometry'],
    vars: Object.keys(variableTypes),
  };
  const last = steps.length;
  yield '{';
  yield* Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  yield '  "states": [';
  yield stateLine(
    { '#meta': { index: 0 }, geometry: geometriesOf(start), ...variablesOf(start, null) },
    last === 0,
  );
  for (const [index, { host, outcome }] of steps.entries()) {
    const operation = testCase.operations[index];
    if (operation === undefined) break;
    const meta = { index: index + 1, step: describeOperation(operation) };
    yield stateLine({ '#meta': meta, ...variablesOf(host, { operation, outcome }) }, index + 1 === last);
  }
  yield '  ]';
  yield '}';
}

function stateLine(state: object, isLast: boolean): string {
  return `    ${JSON.stringify(state)}${isLast ? '' : ','}`;
}
