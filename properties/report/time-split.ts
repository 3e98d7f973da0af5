/** Where the time of a campaign went, as one bar with its legend. */
import type { Timing } from '../results/result-schema.ts';
import { percent, secondsText } from './markup.ts';

interface Part {
  readonly name: string;
  readonly about: string;
  readonly seconds: number;
}

export function timeSplit({ split }: Timing): string {
  const parts = partsOf(split).filter(({ seconds }) => seconds > 0);
  const total = Math.max(
    parts.reduce((sum, { seconds }) => sum + seconds, 0),
    0.001,
  );
  const bar = parts.map(
    ({ name, seconds }, place) =>
      `<span class="part part${place}" style="flex-grow:${(seconds / total).toFixed(4)}" title="${name}: ${secondsText(seconds)}"></span>`,
  );
  const legend = parts.map(
    ({ name, about, seconds }, place) =>
      `<tr><td><span class="key part${place}"></span>${name}</td><td class="about">${about}</td><td class="number">${secondsText(seconds)}</td><td class="number">${percent(seconds / total)}</td></tr>`,
  );
  return `<div class="split">${bar.join('')}</div><table class="legend">${legend.join('')}</table>`;
}

function partsOf({ drawing, model, system, judging, shrinking, rest }: Timing['split']): readonly Part[] {
  return [
    ...(model === null
      ? [{ name: 'drawing', about: 'cases, against the running model', seconds: drawing }]
      : [
          { name: 'drawing', about: 'setups and operations', seconds: drawing - model },
          {
            name: 'model',
            about: 'every step of every case; estimated from some, run again',
            seconds: model,
          },
        ]),
    ...(system === null
      ? [{ name: 'system', about: 'with the way there and back, and the comparison', seconds: judging }]
      : [
          { name: 'system', about: 'setting up and applying; estimated likewise', seconds: system },
          {
            name: 'comparison',
            about: 'all that can be seen, the laws, the counting',
            seconds: judging - system,
          },
        ]),
    { name: 'shrinking', about: 'of failing cases', seconds: shrinking },
    { name: 'rest', about: 'saving, progress, pauses for signals', seconds: rest },
  ];
}
