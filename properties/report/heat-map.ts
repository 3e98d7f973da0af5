/** Cells as a heat map, one a mode: rows are operations with their outcomes, columns stages. */
import { modes, stages } from '../../model/vocabulary.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import type { OperationName } from '../../model/operations.ts';
import type { Mode, Stage } from '../../model/vocabulary.ts';
import type { VerifyResult } from '../results/result-schema.ts';
import { escaped, grouped, short } from './markup.ts';

type Cell = VerifyResult['cells'][number];

const stageTitles: Record<Stage, string> = {
  closed: 'closed',
  none: 'none',
  running: 'running',
  failover: 'failover',
  failoverFailed: 'failed',
  done: 'done',
  aborted: 'aborted',
};

export function heatMaps({ cells }: VerifyResult): string {
  const hottest = Math.max(...cells.map(({ count }) => count), 1);
  return modes
    .map((mode) => ({ mode, own: cells.filter((cell) => cell.mode === mode) }))
    .filter(({ own }) => own.length > 0)
    .map(({ mode, own }) => heatMap(mode, own, hottest))
    .join('\n');
}

function heatMap(mode: Mode, cells: readonly Cell[], hottest: number): string {
  const used = stages.filter((stage) => cells.some((cell) => cell.stage === stage));
  const reachable = cells.filter(({ isReachable }) => isReachable);
  const reached = reachable.filter(({ count }) => count > 0).length;
  const head = used.map((stage) => `<th scope="col">${stageTitles[stage]}</th>`).join('');
  const rows = operationNames.flatMap((operation) => {
    const own = cells.filter((cell) => cell.operation === operation);
    return own.length === 0 ? [] : [operationRows(operation, own, used, hottest)];
  });
  return `<h3>${mode} mode <small>${reached} of ${reachable.length} cells that can be reached were reached</small></h3>
<div class="wide"><table class="heat"><thead><tr><th scope="col">operation</th><th scope="col">outcome</th>${head}</tr></thead>
${rows.join('\n')}</table></div>`;
}

function operationRows(
  operation: OperationName,
  cells: readonly Cell[],
  used: readonly Stage[],
  hottest: number,
): string {
  const outcomes = [...new Set(cells.map(({ outcome }) => outcome))].toSorted(byWelcome);
  const lines = outcomes.map((outcome, place) => {
    const title = place === 0 ? `<th scope="rowgroup" rowspan="${outcomes.length}">${operation}</th>` : '';
    const columns = used.map((stage) =>
      heatCell(
        cells.find((cell) => cell.outcome === outcome && cell.stage === stage),
        hottest,
      ),
    );
    return `<tr>${title}<th scope="row" title="${escaped(outcome)}">${escaped(outcome)}</th>${columns.join('')}</tr>`;
  });
  return `<tbody>${lines.join('\n')}</tbody>`;
}

/** What went well comes first. */
function byWelcome(left: string, right: string): number {
  const rank = (outcome: string): number =>
    ['ok', 'data'].includes(outcome) ? 0 : outcome.startsWith('process') ? 2 : 1;
  return rank(left) - rank(right) || left.localeCompare(right);
}

/** The colour goes with the logarithm: ten times as often is one shade more. */
function heatCell(cell: Cell | undefined, hottest: number): string {
  if (cell === undefined) return '<td></td>';
  if (cell.count === 0) return '<td class="missed" title="can be reached and was not">0</td>';
  const heat = hottest === 1 ? 100 : Math.round((100 * Math.log(cell.count)) / Math.log(hottest));
  const unforeseen = cell.isReachable ? '' : ' (in no small world)';
  return `<td style="--heat:${heat}" title="${grouped(cell.count)}${unforeseen}">${short(cell.count)}</td>`;
}
