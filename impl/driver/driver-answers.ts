/** What a driver's ground answers and shows, as outcomes and observations. */
import { layers, stages } from '../../model/vocabulary.ts';
import type { NodeSetup, Observation, Outcome, OverlayContent, Tag, Wiring } from '../../model/vocabulary.ts';
import { EINVAL, EIO, namedAnswers, OK } from '../efficient/node/outcomes.ts';
import { UNREADABLE } from '../efficient/compare/unreadable.ts';
import { errnoOf } from '../errno.ts';
import { SystemLost } from '../system-lost.ts';
import type { DriverModule } from './driver-module.ts';
import type { Ground } from './ground.ts';

/** Of ground.h and requests.c. */
const MESSAGE = 1;
const EXPORT_MISSING = 2;
export const EIO_NUMBER = -5;
const EINVAL_NUMBER = -22;
export const NOT_ALLOCATED = -3;

const WORD_BYTES = 4;

/** The bits of `ground_control`. */
const STAGE_BITS = 15;
const ERROR_BIT = 4;
const BLOCKED_BIT = 5;
const HIDDEN_READ_ONLY_BIT = 6;
const SECONDARY_READ_ONLY_BIT = 7;

const exportMissing = ['', '2', '3'].map((suffix) => namedAnswers(suffix).exportMissing);

export class DriverAnswers {
  readonly #module: DriverModule;
  readonly #ground: Ground;
  /** By message: most are given again and again. */
  readonly #errors = new Map<string, Outcome>();

  constructor(module: DriverModule, ground: Ground) {
    this.#module = module;
    this.#ground = ground;
  }

  outcome(index: number, result: number): Outcome {
    switch (result) {
      case 0:
        return OK;
      case MESSAGE:
        return this.#error(this.#module.text(this.#ground.message()));
      case EXPORT_MISSING:
        return exportMissing[index] ?? this.#error('export not present');
      case EIO_NUMBER:
        return EIO;
      case EINVAL_NUMBER:
        return EINVAL;
      default:
        return this.#rare(result);
    }
  }

  /** An error number that the model never answers, or something that is no answer. */
  #rare(result: number): Outcome {
    const errno = errnoOf(-result);
    if (errno !== null) return { kind: 'errno', errno };
    return this.#error(result < 0 ? `errno ${-result}` : `the driver returned ${result}`);
  }

  /** What was read last. */
  data(index: number, sector: number, count: number): Outcome {
    return { kind: 'data', tags: this.#tags(this.#ground.viewTags(index, sector, count), count) };
  }

  observe(index: number, { geometry: { lengthSectors } }: NodeSetup): Observation {
    const control = this.#ground.control(index);
    const content = layers.map((_, layer) => this.#tags(this.#ground.layerTags(index, layer), lengthSectors));
    const [active = [], hidden = [], secondary = []] = content;
    return {
      stage: stageOf(control),
      errorFlag: isSet(control, ERROR_BIT),
      view: this.#view(index, lengthSectors),
      active: overlay(active),
      hidden: overlay(hidden),
      secondary,
      wiring: this.wiring(index, control),
    };
  }

  wiring(index: number, control: number): Wiring {
    return {
      blocked: isSet(control, BLOCKED_BIT),
      hiddenReadOnly: isSet(control, HIDDEN_READ_ONLY_BIT),
      secondaryReadOnly: isSet(control, SECONDARY_READ_ONLY_BIT),
      hiddenAttached: this.#ground.attached(index, 0),
      secondaryAttached: this.#ground.attached(index, 1),
    };
  }

  /** What reads of single sectors return; the whole at once where nothing fails. */
  #view(index: number, lengthSectors: number): Outcome {
    const whole = this.#ground.guestRead(index, 0, lengthSectors);
    if (whole === 0) return this.data(index, 0, lengthSectors);
    const refused = this.#ground.guestRead(index, 0, 0);
    if (refused !== 0) return this.outcome(index, refused);
    if (whole !== EIO_NUMBER) return this.outcome(index, whole);
    const tags: Tag[] = [];
    for (let sector = 0; sector < lengthSectors; sector++) {
      const isRead = this.#ground.guestRead(index, sector, 1) === 0;
      const [tag = UNREADABLE] = isRead ? this.#tags(this.#ground.viewTags(index, sector, 1), 1) : [];
      tags.push(tag);
    }
    return { kind: 'data', tags };
  }

  #tags(address: number, count: number): Tag[] {
    const at = address / WORD_BYTES;
    return Array.from(this.#module.numbers.subarray(at, at + count));
  }

  #error(message: string): Outcome {
    const known = this.#errors.get(message);
    if (known !== undefined) return known;
    const made: Outcome = Object.freeze({ kind: 'error', message });
    this.#errors.set(message, made);
    return made;
  }
}

export function stageOf(control: number): Observation['stage'] {
  const stage = stages[control & STAGE_BITS];
  if (stage === undefined) throw new SystemLost('crash', 'the driver is in a stage that it does not declare');
  return stage;
}

export function isSet(control: number, bit: number): boolean {
  return ((control >>> bit) & 1) === 1;
}

function overlay(tags: readonly Tag[]): OverlayContent {
  return tags.map((tag) => (tag === NOT_ALLOCATED ? null : tag));
}
