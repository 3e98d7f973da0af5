/** The page of a trace as one text: markup, style, script and data, with nothing to load from anywhere. */
import { pageStart } from './page-start.ts';
import { escaped } from './page-markup.ts';
import { pageScript } from './page-script.ts';
import type { ViewData } from './view-data.ts';

/** What comes later prevails. */
const STYLES = ['frame.css', 'steps.css', 'layers.css'];

export function viewPage(data: ViewData): string {
  const { difference } = data;
  const steps = data.steps.length;
  const verdict =
    difference === null
      ? `${data.system} and the model agree in all ${steps} steps`
      : `First difference: step ${difference.step} of ${steps}`;
  const toDifference = difference === null ? ' hidden' : '';
  const start = pageStart({
    title: data.title,
    system: data.system,
    headline: verdict,
    sign: difference === null ? '=' : '≠',
    agrees: difference === null,
    sentence: difference === null ? null : difference.sentence,
    note: data.note,
    details: [data.setup, ...data.commands],
    styles: STYLES,
  });
  return `${start}<div id="lanes"></div>
<nav aria-label="controls">
<button id="to-difference" type="button"${toDifference}>first difference <kbd>d</kbd></button>
<label>search <kbd>/</kbd> <input id="search" type="search" placeholder="primaryWrite 3" autocomplete="off"></label>
<output id="matches"></output>
<label>sectors <input id="range" type="text" placeholder="all, or 8-15" size="9" autocomplete="off"></label>
<span class="keys"><kbd>↑</kbd><kbd>↓</kbd> step <kbd>←</kbd><kbd>→</kbd> sector <kbd>Home</kbd><kbd>End</kbd> <kbd>n</kbd> next found</span>
</nav>
<main>
<div id="steps" role="listbox" aria-label="steps" tabindex="0"></div>
<div id="details">
<div id="headline" aria-live="polite"></div>
<div id="nodes"></div>
<p class="legend"><b>tag</b> <small>#step</small> of the write that brought the content; ${data.symbols.map(({ sign, words }) => `<b>${escaped(sign)}</b> ${escaped(words)}; `).join('')}<span class="lit-sample">framed</span> changed in this step; <b>▲▼</b> moved between layers; <b>△▽</b> expected, did not happen; a bar is above the sectors that the step names, dashes are beside the chosen one; thick lines are clusters (of the secondary disk: copy units)</p>
<div class="columns">
<section><h3>Between the layers</h3><div id="movements"></div>
<h3>Lines of the seed</h3><div id="lines"></div></section>
<section><h3 id="history-title">Sector</h3><div id="history"></div></section>
</div>
</div>
</main>
<script type="application/json" id="data">${embedded(data)}</script>
<script>
${pageScript()}</script>
</body>
</html>
`;
}

/** JSON in which no `</script>` and no comment can begin. */
function embedded(data: ViewData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}
