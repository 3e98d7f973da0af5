/** docs/operations.md: its examples are what the model answers and shows, and its error texts are the model's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Host } from '../../model/node.ts';
import type { NodeSetup, OverlayContent } from '../../model/vocabulary.ts';
import { operationSchema } from '../../traces/format/trace-schema.ts';
import { describeOutcome } from '../comparison/comparison.ts';

const root = join(import.meta.dirname, '../../../..');
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const examples = [...page.matchAll(/^```example\n(.*?)^```$/gms)].map(([, text = '']) => text);

const units = { activeClusterSectors: 2, hiddenClusterSectors: 2, copyUnitSectors: 2, commitUnitSectors: 2 };
const usual: NodeSetup = {
  mode: 'secondary',
  geometry: { lengthSectors: 4, sectorBytes: 512, ...units },
  initialContent: [{ sector: 0, count: 4, tag: 1 }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 16,
};

const changesSchema = z.strictObject({
  badSectors: z.array(
    z.strictObject({ disk: z.literal('secondary'), access: z.literal('write'), sector: z.int() }),
  ),
});

const ANSWERS_AT = 52;

/** The example as the page should have it. */
function played(text: string): string {
  let setup = { nodes: [usual] };
  let host: Host | null = null;
  const lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('  ')) continue;
    if (line.startsWith('setup ')) {
      setup = { nodes: [{ ...usual, ...changesSchema.parse(JSON.parse(line.slice('setup '.length))) }] };
      lines.push(line);
    } else if (line.startsWith('nodes ')) {
      setup = { nodes: Array.from({ length: Number(line.slice('nodes '.length)) }, () => usual) };
      lines.push(line);
    } else {
      const [written = ''] = line.split(/ {2,}/);
      const before: Host = host ?? initialState(setup);
      const { host: after, outcome } = step(before, operationSchema.parse(JSON.parse(written)));
      lines.push(
        `${written.padEnd(ANSWERS_AT)}  ${describeOutcome(outcome)}`,
        ...layersChanged(before, after),
      );
      host = after;
    }
  }
  return `${lines.join('\n')}\n`;
}

function layersChanged(before: Host, after: Host): string[] {
  return after.nodes.flatMap((node, index) => {
    const from = before.nodes[index];
    const isSame = (['active', 'hidden', 'secondary'] as const).every(
      (layer) => String(node[layer]) === String(from?.[layer]),
    );
    if (isSame) return [];
    const name = after.nodes.length > 1 ? `node ${index}: ` : '';
    const { active, hidden, secondary } = node;
    return [`  ${name}active ${drawn(active)}  hidden ${drawn(hidden)}  secondary ${drawn(secondary)}`];
  });
}

/** Clusters of 2: `[2 .|. .]`. */
function drawn(content: OverlayContent): string {
  const marks = content.map((tag) => (tag === null ? '.' : String(tag)));
  return `[${marks.slice(0, 2).join(' ')}|${marks.slice(2).join(' ')}]`;
}

describe('the examples', () => {
  test('are there', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  test.each(examples)('%s', (text) => {
    expect(text).toBe(played(text));
  });
});

test('every error text on the page is one of the model', () => {
  const answers = readFileSync(join(root, 'model/answers.ts'), 'utf8').replaceAll('${name}', 'rep');
  const prose = page.replaceAll(/^```.*?^```$/gms, '').replaceAll(/\s+/g, ' ');
  const texts = [...prose.matchAll(/`([A-Z][^`]* [^`]*)`/g)].map(([, text = '']) => text);
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => !answers.includes(text))).toEqual([]);
});
