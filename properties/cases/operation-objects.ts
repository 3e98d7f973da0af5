/**
 * Drawn operations as objects of four kinds, whatever they take: where objects of more than four kinds meet, the engine
 * (V8 11.3) searches for a field each time. What an operation does not take is undefined in them, as if it were left out.
 */
import type { Operation } from '../../model/operations.ts';
import type { Extent, Mode, Range } from '../../model/vocabulary.ts';

type Write = 'guestWrite' | 'primaryWrite';
type Request = Exclude<Extract<Operation, Range>['op'], Write>;
type Others =
  | 'start'
  | 'stop'
  | 'setReplication'
  | 'breakSector'
  | 'repairSectors'
  | 'failEmptying'
  | 'endJob';
type Bare = Exclude<Operation['op'], Write | Request | Others>;

/** `node`: as in any operation, also below; a call to all nodes has none. */
export function bare(op: Bare, node?: number): Operation {
  const drawn = { op, node };
  return drawn;
}

export function request(op: Request, { sector, count }: Range, node?: number): Operation {
  return { op, sector, count, node };
}

export function write(op: Write, { sector, count, tag }: Extent, node?: number): Operation {
  return { op, sector, count, tag, node };
}

/** Values that every case draws again and again. */
const starts = {
  primary: other({ op: 'start', mode: 'primary' }),
  secondary: other({ op: 'start', mode: 'secondary' }),
};
const stops = {
  failover: other({ op: 'stop', failover: true }),
  plain: other({ op: 'stop', failover: false }),
};

export function start(mode: Mode): Operation {
  return mode === 'primary' ? starts.primary : starts.secondary;
}

export function stop(failover: boolean): Operation {
  return failover ? stops.failover : stops.plain;
}

export function other(given: Extract<Operation, { readonly op: Others }>): Operation {
  const drawn: object = {
    op: '',
    mode: undefined,
    failover: undefined,
    enable: undefined,
    primary: undefined,
    disk: undefined,
    access: undefined,
    sector: undefined,
    how: undefined,
    job: undefined,
    node: undefined,
  };
  return Object.assign(drawn, given);
}
