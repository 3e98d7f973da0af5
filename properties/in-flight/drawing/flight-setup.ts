/** Draws hosts on which requests meet: small disks, mostly without anything odd, never with bad sectors. */
import type { Capabilities } from '../../../impl/capabilities.ts';
import type { Defect, Geometry, Mode, NodeSetup, Setup } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';
import { drawGeometry, geometryProblem } from '../../cases/geometries.ts';
import type { GeometryChoice } from '../../cases/geometries.ts';
import { QEMU_COMMIT_REQUESTS } from '../../cases/setup-problem.ts';

const LENGTH_MAX = 6;

/** What does not keep replication from running. */
const harmless: readonly Defect[] = ['secondaryUnmaps', 'hiddenExported', 'topIdAbove'];

export function drawFlightSetup(capabilities: Capabilities, choice: GeometryChoice, dice: Dice): Setup {
  const { modes, nodesMax } = capabilities;
  const count = nodesMax > 1 && dice.oneIn(12) ? 2 : 1;
  const nodes: NodeSetup[] = [];
  while (nodes.length < count) {
    const isPrimary = modes.includes('primary') && (dice.oneIn(10) || !modes.includes('secondary'));
    nodes.push(drawNode(capabilities, choice, isPrimary ? 'primary' : 'secondary', dice));
  }
  return { nodes };
}

function drawNode(capabilities: Capabilities, choice: GeometryChoice, mode: Mode, dice: Dice): NodeSetup {
  const geometry =
    choice === 'mixed' ? drawSmall(capabilities, dice) : drawGeometry(choice, capabilities, dice);
  const defect = dice.oneIn(12) ? harmless[dice.below(harmless.length)] : undefined;
  const isKnown = defect !== undefined && mode === 'secondary' && capabilities.defects.includes(defect);
  const { lengthSectors } = geometry;
  return {
    mode,
    geometry,
    initialContent: dice.oneIn(8) ? [] : [{ sector: 0, count: lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: isKnown ? [defect] : [],
    commitRequestsMax: capabilities.commit === 'stepped' ? dice.between(1, 3) : QEMU_COMMIT_REQUESTS,
  };
}

/** Half of all have units of one sector, where requests meet at sectors alone. */
function drawSmall(capabilities: Capabilities, dice: Dice): Geometry {
  const { sectorBytes, lengthSectorsMax } = capabilities.geometry;
  if (sectorBytes === 512) return drawGeometry('mixed', capabilities, dice);
  const isPlain = dice.oneIn(2);
  const unit = (most: number): number => (isPlain ? 1 : dice.between(1, most));
  const hiddenClusterSectors = unit(2);
  const geometry: Geometry = {
    lengthSectors: Math.min(dice.between(1, LENGTH_MAX), lengthSectorsMax),
    sectorBytes: 8,
    activeClusterSectors: unit(3),
    hiddenClusterSectors,
    copyUnitSectors: hiddenClusterSectors * unit(2),
    commitUnitSectors: unit(3),
  };
  return geometryProblem(geometry, capabilities) === null
    ? geometry
    : drawGeometry('mixed', capabilities, dice);
}
