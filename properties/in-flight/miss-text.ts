/** What would have been possible in the place of what no order explains, in a few words. */
import { describeOutcome } from '../comparison/comparison.ts';
import type { Miss } from './request-answers.ts';

const MISSES_SHOWN = 3;
const TAGS_SHOWN = 8;

/** Empty where nothing is known. */
export function describeMisses(misses: readonly Miss[]): string {
  const texts = misses.map(describeMiss).filter((text) => text !== '');
  return [...new Set(texts)].slice(0, MISSES_SHOWN).join('; ');
}

function describeMiss(miss: Miss): string {
  switch (miss.kind) {
    case 'outcome':
      return miss.possible.length === 0 ? '' : `possible: ${miss.possible.map(describeOutcome).join(', ')}`;
    case 'sector':
      return miss.possible.length === 0
        ? ''
        : `possible at sector ${miss.sector}: ${miss.possible.slice(0, TAGS_SHOWN).join(', ')}`;
    case 'shown':
      return `${miss.part} of node ${miss.node}`;
  }
}
