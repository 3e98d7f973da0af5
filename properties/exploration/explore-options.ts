/** What an exhaustive job is asked for. */
import type { Shard } from '../jobs/shard.ts';
import type { ExplorationOptions } from './search/exploration.ts';
import type { World } from './worlds/world.ts';

export interface ExploreOptions extends Omit<ExplorationOptions, 'checkpoint'> {
  /** Names of worlds; none stands for all that end within minutes. */
  readonly worlds: readonly string[];
  readonly json: boolean;
  checkpointOf(world: World): ExplorationOptions['checkpoint'];
  readonly shard: Shard;
  /** The command that does the same again, all shards of it. */
  readonly repeat: string;
}
