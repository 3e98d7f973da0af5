/** What a system under test says of itself: which cases it can be given, and what it shows of them. */
import type { OperationName } from '../model/operations.ts';
import type { Defect, Layer, Mode, NodeSetup } from '../model/vocabulary.ts';
import type { ObservationPart } from './shown.ts';

/** No case can do without these. */
export const essentialOperations: readonly OperationName[] = ['open', 'start', 'close'];

/** What a system under test says of itself; the generator and the comparison keep to it. */
export interface Capabilities {
  readonly operations: readonly OperationName[];
  readonly observes: readonly ObservationPart[];
  readonly modes: readonly Mode[];
  readonly defects: readonly Defect[];
  /** The disks that can be given bad sectors. */
  readonly badSectors: readonly Layer[];
  /** What can be opened read-only. */
  readonly readOnly: NodeSetup['readOnly'];
  readonly nodesMax: number;
  /** `driver` answers as the seed's functions do, `qmp` as the QMP commands above them (which swallow some errors). */
  readonly control: 'driver' | 'qmp';
  /**
   * `stepped` completes commit requests one by one when asked to, and a request that fails half-way leaves exactly what the
   * model says; `free` may order and tear them as the law allows.
   */
  readonly commit: 'stepped' | 'free';
  /** Whether one commit request may join neighbouring dirty units (`commitJoinsUnits`). Left out: no. */
  readonly joinsCommitUnits?: true;
  /** Inclusive bounds in which a geometry must lie, and the sizes that are fixed. */
  readonly geometry: GeometryLimits;
}

export interface GeometryLimits {
  readonly sectorBytes: 'any' | 512;
  readonly lengthSectorsMax: number;
  /**
   * Which `activeSliceSectors` and `hiddenSliceSectors` the system can have: `any`, or the ones that `qemu` would have for
   * such clusters. Left out: `qemu`. Only cases for `any` state them.
   */
  readonly slices?: 'any' | 'qemu';
  /** How long a disk with its gaps may be. Left out: no disk has gaps, and none are asked for. */
  readonly diskSectorsMax?: number | undefined;
}
