/** docs/operations.md: its examples are what the model answers and shows, and its error texts are the model's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as answers from '../../model/answers.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Host } from '../../model/node.ts';
import { overlayNames } from '../../model/vocabulary.ts';
import type { NodeSetup, OverlayContent } from '../../model/vocabulary.ts';
import { operationSchema } from '../../traces/format/trace-schema.ts';
import { describeOutcome } from '../comparison/comparison.ts';

const root = join(import.meta.dirname, '../..');
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

/** Every error of the model, of the first node of a host. */
function errorsOfModel(): Set<string> {
  const { openRefusals, startRefusals, modeMismatch, writeUnshared, backupTargetUnshared, ejected } = answers;
  const { makeEmptyFailed, commitCannotStart, commitFindsNoMedium, ...others } = answers;
  const tables = [...openRefusals.primary, ...openRefusals.secondary, ...startRefusals].map(
    ([, answer]) => answer,
  );
  const ofNode = [backupTargetUnshared, commitCannotStart, commitFindsNoMedium].map((answer) => answer(0));
  const named = [
    others.duplicateNode,
    others.nodeNotFound,
    others.nodeBusy,
    others.topNodeBusy,
    others.exportMissing,
  ];
  const ofDisk = (['hidden', 'secondary'] as const).map((disk) => writeUnshared(disk, disk, 0));
  const ofOverlay = overlayNames.flatMap((disk) => [ejected(disk, 0), makeEmptyFailed(disk, 0)]);
  const constant = Object.values(others).flatMap((value) =>
    typeof value === 'object' && 'kind' in value ? [value] : [],
  );
  const all = [
    ...tables,
    ...ofNode,
    ...named.map((answer) => answer(0)),
    ...ofDisk,
    ...ofOverlay,
    ...constant,
  ];
  return new Set(
    [...all, ...Object.values(modeMismatch)].flatMap((outcome) =>
      outcome.kind === 'error' ? [outcome.message] : [],
    ),
  );
}

describe('the error texts', () => {
  test('of the model are all on the page, uncut, and no other', () => {
    const listed = [...page.matchAll(/^```errors\n(.*?)^```$/gms)].flatMap(([, lines = '']) =>
      lines.trimEnd().split('\n'),
    );
    expect(listed.length).toBeGreaterThan(30);
    expect([...new Set(listed)].toSorted()).toEqual([...errorsOfModel()].toSorted());
  });

  test('in the sentences of the page are among them', () => {
    const prose = page.replaceAll(/^```.*?^```$/gms, '').replaceAll(/\s+/g, ' ');
    const texts = [...prose.matchAll(/`([A-Z][^`]* [^`]*)`/g)].map(([, text = '']) => text);
    expect(texts.length).toBeGreaterThan(10);
    const known = [...errorsOfModel()];
    expect(texts.filter((text) => !known.includes(text))).toEqual([]);
  });
});
