/** What a page is given: the model's content after every step, the write behind it, and what moves. */
import { describe, expect, test } from 'vitest';
import { observe } from '../../model/observe.ts';
import type { HostState } from '../../model/state.ts';
import type { Case } from '../../properties/case.ts';
import { smallGeometry } from '../../properties/geometries.ts';
import { openSubject } from '../../properties/subjects.ts';
import { listTraces } from '../failure-folder.ts';
import { caseOf } from '../replay.ts';
import { readTrace } from '../trace-file.ts';
import { buildView, KEYFRAME_EVERY } from './build-view.ts';
import { longCase } from './long-case.ts';
import { movementKinds, rowNames, specialContents } from './view-data.ts';
import type { Runs, ViewData } from './view-data.ts';
import { runToView } from './viewed-run.ts';
import type { ViewedRun } from './viewed-run.ts';

const head = { title: 'a trace', note: null, commands: [] };

async function viewed(testCase: Case, system = 'impl'): Promise<{ run: ViewedRun; data: ViewData }> {
  const run = await runToView(openSubject(system), testCase);
  return { run, data: buildView(run, head) };
}

function recorded(name: string): Case {
  return caseOf(readTrace(`traces/${name}.json`));
}

/** All rows after every step, read as a page reads them: once step by step, and at each keyframe from it. */
function rowsByStep(data: ViewData): number[][][] {
  const empty = data.nodes.flatMap(({ lengthSectors }) =>
    rowNames.map(() => Array<number>(lengthSectors).fill(-1)),
  );
  let rows = applied(empty, data.keyframes[0]?.cells ?? []);
  const all = [rows];
  for (const [index, { cells }] of data.steps.entries()) {
    rows = applied(rows, cells ?? []);
    const keyframe = data.keyframes[(index + 1) / KEYFRAME_EVERY];
    if (keyframe !== undefined) expect(applied(empty, keyframe.cells)).toEqual(rows);
    all.push(rows);
  }
  return all;
}

function applied(rows: number[][], runs: Runs): number[][] {
  const next = rows.map((row) => [...row]);
  for (let at = 0; at < runs.length; at += 4) {
    const [row = 0, sector = 0, count = 0, content = 0] = runs.slice(at, at + 4);
    next[row]?.fill(content, sector, sector + count);
  }
  return next;
}

/** The same entries as `modelEntries`. */
function shownEntries({ contents }: ViewData, rows: number[][]): (number | string | null)[][] {
  return rows.map((row) =>
    row.map((content) => {
      if (content === 0) return null;
      if (content === 1) return -2;
      return specialContents[content] ?? contents[content - specialContents.length]?.[0] ?? 'nothing';
    }),
  );
}

function modelEntries({ nodes, dead }: HostState): (number | string | null)[][] {
  return nodes.flatMap((state) => {
    const { view } = observe(state, dead);
    const { active, hidden, secondary } = state.disks;
    const seen = view.kind === 'data' ? [...view.tags] : secondary.map(() => 'refused');
    return [seen, [...active], [...hidden], [...secondary]];
  });
}

const folders = ['regressions', 'deviations', 'witnesses', 'unreachable'];

describe('the content of every row after every step is that of the model', () => {
  test.each(folders.flatMap((folder) => listTraces(`traces/${folder}`)))('%s', async (path) => {
    const { run, data } = await viewed(caseOf(readTrace(path)));
    const states = [run.start, ...run.steps.map(({ step }) => step.state)];
    expect(rowsByStep(data).map((rows) => shownEntries(data, rows))).toEqual(states.map(modelEntries));
  });

  test('a long run, over keyframes', async () => {
    const { run, data } = await viewed(longCase(450, smallGeometry));
    expect(data.keyframes.length).toBe(5);
    const states = [run.start, ...run.steps.map(({ step }) => step.state)];
    expect(rowsByStep(data).map((rows) => shownEntries(data, rows))).toEqual(states.map(modelEntries));
  });
});

/** `kind from>to sector+count` */
function movements({ steps }: ViewData, step: number): string[] {
  const numbers = steps[step - 1]?.movements ?? [];
  return Array.from({ length: numbers.length / 6 }, (_, index) => {
    const [, kind = 0, from = 0, to = 0, sector, count] = numbers.slice(index * 6, index * 6 + 6);
    return `${movementKinds[kind]} ${rowNames[from]}>${rowNames[to]} ${sector}+${count}`;
  });
}

/** Of each row the tag and the step that wrote it, at a sector after a step. */
function origins(data: ViewData, step: number, sector: number): string[] {
  return (rowsByStep(data)[step] ?? []).map((row) => {
    const [tag, origin] = data.contents[(row[sector] ?? 0) - specialContents.length] ?? [];
    return tag === undefined ? '-' : `${tag} #${origin}`;
  });
}

describe('what moves between the layers, and the write behind each content', () => {
  test('copy before write, then the commit of what the guest wrote', async () => {
    const { data } = await viewed(recorded('regressions/commit-prefers-active'));
    expect(movements(data, 3)).toEqual(['copy secondary>hidden 0+128']);
    expect(origins(data, 3, 0)).toEqual(['11 #0', '-', '11 #0', '22 #3']);
    expect(movements(data, 4)).toEqual(['fill hidden>active 1+127']);
    expect(movements(data, 6)).toEqual(['commit active>secondary 0+128']);
    expect(origins(data, 6, 0)).toEqual(['33 #4', '33 #4', '11 #0', '33 #4']);
  });

  test('a checkpoint empties both overlays', async () => {
    const { data } = await viewed(recorded('regressions/copy-again-after-checkpoint'));
    const checkpoint = data.steps.findIndex(({ text }) => data.texts[text] === 'checkpoint') + 1;
    expect(movements(data, checkpoint)).toEqual(['empty hidden>hidden 0+128']);
    const writes = data.steps.flatMap(({ text }, index) =>
      data.texts[text]?.startsWith('primaryWrite') === true ? [index + 1] : [],
    );
    for (const step of writes) expect(movements(data, step)).toEqual(['copy secondary>hidden 0+128']);
  });
});

describe('the first difference', () => {
  test('names place, expectation and what was found, with all that the system showed', async () => {
    const { data } = await viewed(
      recorded('regressions/copy-before-write-hides-primary-write'),
      'mutant:no-copy-before-a-write',
    );
    expect(data.difference).toMatchObject({
      kind: 'observation',
      step: 3,
      node: 0,
      sector: 0,
      rowsShown: [0, 1, 2, 3],
    });
    const rows = rowsByStep(data)[3] ?? [];
    const found = shownEntries(data, applied(rows, data.difference?.cells ?? []));
    const model = shownEntries(data, rows);
    const differing = rowNames.filter((_, row) => JSON.stringify(found[row]) !== JSON.stringify(model[row]));
    expect(differing).toEqual(['view', 'hidden']);
    expect(found[2]?.every((entry) => entry === null)).toBe(true);
  });

  test('after it the model goes on alone', async () => {
    const { data } = await viewed(
      recorded('regressions/copy-before-write-hides-primary-write'),
      'mutant:no-copy-before-a-write',
    );
    expect(data.steps.map(({ standing }) => standing ?? 'judged')).toEqual([
      'judged',
      'judged',
      'judged',
      ...Array<string>(data.steps.length - 3).fill('notRun'),
    ]);
  });
});
