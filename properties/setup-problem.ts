/** Whether a system can be given a setup at all. */
import type { Capabilities, Setup } from '../model/vocabulary.ts';
import { geometryProblem } from './geometries.ts';

/** MAX_IN_FLIGHT of the mirror job. */
export const QEMU_COMMIT_REQUESTS = 16;

/** Why a setup cannot be run on a system with these capabilities; null when it can. */
export function setupProblem(setup: Setup, capabilities: Capabilities): string | null {
  const { lengthSectors } = setup.geometry;
  const past = setup.badSectors.find(({ sector }) => sector >= lengthSectors);
  if (past !== undefined) return `bad sector ${past.sector} is past the end (${lengthSectors} sectors)`;
  if (setup.badSectors.length > 0 && !capabilities.badSectors)
    return 'this system cannot be given bad sectors';
  const defect = setup.defects.find((name) => !capabilities.defects.includes(name));
  if (defect !== undefined) return `this system cannot be given the defect ${defect}`;
  if (!capabilities.modes.includes(setup.mode)) return `this system has no ${setup.mode} mode`;
  const long = setup.initialContent.find(({ sector, count }) => sector + count > lengthSectors);
  if (long !== undefined) return `an extent of content ends at ${long.sector + long.count}, past the end`;
  if (capabilities.commit === 'free' && setup.commitRequestsMax !== QEMU_COMMIT_REQUESTS) {
    return `commitRequestsMax is ${setup.commitRequestsMax}: this system keeps ${QEMU_COMMIT_REQUESTS} in flight`;
  }
  return geometryProblem(setup.geometry, capabilities);
}
