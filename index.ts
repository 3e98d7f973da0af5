/**
 * What a program needs to bring a system of its own: write a `System` (or an `AsyncSystem`, where answers must be waited
 * for), export a function that creates it as the default of a module, and name that on the command line,
 * `npm run verify -- --system module:./my-system.ts`; or call `check` from a test. `impl/examples/secondary.ts` is one.
 */

/** What a system is: these two, and what it declares. */
export type {
  AsyncSystem,
  BrokenAtEnd,
  PlainSystem as System,
  Played,
  PlayedOrNot,
  SentCase,
  Shows,
} from './impl/system.ts';
export type { Capabilities, GeometryLimits } from './impl/capabilities.ts';

/** What a system is asked, answers and shows. */
export type {
  AbortRule,
  BadSector,
  Defect,
  Errno,
  Extent,
  Gap,
  Geometry,
  Layer,
  Mode,
  NodeSetup,
  Observation,
  Outcome,
  OverlayContent,
  Range,
  Setup,
  Stage,
  Tag,
  Wiring,
} from './model/vocabulary.ts';
export type { Operation, OperationName } from './model/operations.ts';
export { operationNames } from './impl/operation-lists.ts';
export type { ObservationPart, Probes, Shown, ShownNode } from './impl/shown.ts';

/** What a system may throw: its process is gone, or something is missing around it. Anything else is taken for a crash. */
export { SystemLost } from './impl/system-lost.ts';
export { EnvironmentError } from './impl/environment-error.ts';

/** The bytes that stand for a tag, for systems that store bytes. */
export { PayloadImages, POISON_BYTE, TAG_MAX, UNKNOWN_TAG } from './impl/payload.ts';

/** The model: what each operation leads to and answers, and what can be seen then (docs/model-as-a-library.md). */
export { initialState } from './model/node.ts';
export type { CommitJob, CommitRequest, Host, HostStep, Node } from './model/node.ts';
export { step } from './model/step.ts';
export { observe } from './model/observe.ts';

/** Where QEMU is free, where it contradicts its document, and which step explains what was seen. */
export { predicted } from './model/choices.ts';
export type { Choices, Content } from './model/choices.ts';
export { profiles } from './model/deviations.ts';
export type { DeviationName, Follow, Profile, Way } from './model/deviations.ts';
export { explain } from './properties/comparison/explain.ts';

/** The search. */
export { check, checkCase } from './properties/campaign/check-system.ts';
export type { CheckFinding, CheckResult } from './properties/campaign/check-system.ts';
export type { CheckOptions } from './properties/campaign/check-options.ts';
export type { ComparisonMode } from './properties/cases/comparison-mode.ts';
export type { Divergence } from './properties/comparison/divergence.ts';
/** In the test file of a system: docs/your-system.md. */
export { assertAgrees, Disagreement } from './traces/in-tests/assert-agrees.ts';
export { colocheckTests } from './traces/in-tests/colocheck-tests.ts';
export type { TestRunner, TestsOptions } from './traces/in-tests/colocheck-tests.ts';
export { saveFinding } from './traces/in-tests/save-finding.ts';
export { TraceError } from './traces/format/trace-error.ts';
export { UsageError } from './properties/jobs/usage-error.ts';
