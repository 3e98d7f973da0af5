/** What every page begins with: its head, and above all else what came out. */
import { escaped, POLICY } from './page-markup.ts';
import { pageText } from './page-script.ts';

export interface PageStart {
  readonly title: string;
  readonly system: string;
  readonly headline: string;
  /** What came out, as one character. */
  readonly sign: string;
  readonly agrees: boolean;
  readonly sentence: string | null;
  readonly note: string | null;
  readonly details: readonly string[];
  readonly styles: readonly string[];
  readonly bodyClass?: string;
}

export function pageStart(start: PageStart): string {
  const { title, system, headline, sign, agrees, sentence, note, details, styles, bodyClass } = start;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escaped(title)}: ${escaped(headline)}</title>
<style>
${styles.map(pageText).join('')}</style>
</head>
<body${bodyClass === undefined ? '' : ` class="${bodyClass}"`}>
<header class="${agrees ? 'agrees' : 'differs'}">
<h1>${sign} ${escaped(headline)}</h1>
${sentence === null ? '' : `<p class="sentence">${escaped(sentence)}</p>`}
${note === null ? '' : `<p class="note">${escaped(note)}</p>`}
<details class="setup"><summary>${escaped(title)} on ${escaped(system)}</summary>
<pre>${escaped(details.join('\n'))}</pre></details>
</header>
`;
}
