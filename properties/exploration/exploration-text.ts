/** One line on a search that has ended. */
import type { Ending, ExplorationStatistics } from './search/exploration.ts';

type Searched = Omit<ExplorationStatistics, 'skeletons'> & { readonly ended: Ending };

export function describeExploration(name: string, result: Searched): string {
  const { states, transitions, depth, waiting, seconds, cpuSeconds, bytes } = result;
  const size = `${states} states, ${transitions} transitions`;
  const effort = `${seconds.toFixed(1)} s, ${rate(transitions, cpuSeconds)} transitions per CPU second, ${(bytes / states).toFixed(0)} bytes a state; comparison: qemu`;
  const ways: Record<Ending, string> = {
    complete: `explored completely: ${size}, longest shortest way ${depth} operations`,
    divergence: `system and model part after ${depth + 1} operations; ${size} were seen before`,
    depth: `explored to depth ${depth} and no further, as asked: ${size}`,
    states: `stopped at the number of states asked for: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
    memory: `stopped at the memory limit: ${size}; all within ${depth} operations were seen, ${waiting} wait (--memory allows more)`,
    time: `stopped at the time limit: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
    interrupted: `interrupted: ${size}; all within ${depth} operations were seen, ${waiting} wait`,
  };
  return `${name}: ${ways[result.ended]} (${effort})`;
}

export function rate(count: number, seconds: number): string {
  const perSecond = count / Math.max(seconds, 0.001);
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  return perSecond >= 1e4 ? `${Math.round(perSecond / 1e3)} k` : String(Math.round(perSecond));
}
