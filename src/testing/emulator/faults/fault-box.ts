/**
 * HOST, development only: decides which faults hit which request.
 *
 * Several may meet in one request: at most one of each kind, and at most one of those that decide about the answer. A
 * careful client has to survive a lost answer together with a row that becomes visible late. Faults of the same sort
 * that are asked for one after the other hit successive requests, so a list of them is a script.
 */
import { validate } from '../setup/validate';
import { type FaultKind, type FaultOf, faultSchema, type Outcome, type ParsedFault } from './faults';

/** What a fault may be about. */
export interface Occasion {
  readonly on: ParsedFault['on'];
  readonly flowId?: string;
  readonly sessionId?: string;
}

const OUTCOMES: ReadonlySet<FaultKind> = new Set<Outcome['kind']>([
  'lostRequest',
  'lostAnswer',
  'reset',
  'hang',
  'throttle',
  'status',
  'html',
  'tokenError',
]);

/** The faults that met in one request. */
export class Faults {
  constructor(readonly all: readonly ParsedFault[]) {}

  find<K extends FaultKind>(kind: K): FaultOf<K> | undefined {
    return this.all.find((fault): fault is FaultOf<K> => fault.kind === kind);
  }

  get outcome(): Outcome | undefined {
    return this.all.find((fault): fault is Outcome => OUTCOMES.has(fault.kind));
  }
}

export class FaultBox {
  #waiting: { fault: ParsedFault; pass: number; left: number }[] = [];

  inject(fault: unknown): void {
    const parsed = validate(faultSchema, fault, 'The fault');
    const left = parsed.times === 'always' ? Number.POSITIVE_INFINITY : parsed.times;
    this.#waiting.push({ fault: parsed, pass: parsed.after, left });
  }

  clear(): void {
    this.#waiting = [];
  }

  get injected(): readonly ParsedFault[] {
    return this.#waiting.map(({ fault }) => fault);
  }

  /** Takes the faults for this occasion; each counts as used. */
  take(occasion: Occasion): Faults {
    const taken = new Map<string, ParsedFault>();
    for (const entry of this.#waiting) {
      const slot = OUTCOMES.has(entry.fault.kind) ? 'outcome' : entry.fault.kind;
      if (!isAbout(entry.fault, occasion)) continue;
      if (entry.pass > 0) {
        entry.pass -= 1;
      } else if (!taken.has(slot)) {
        entry.left -= 1;
        taken.set(slot, entry.fault);
      }
    }
    this.#waiting = this.#waiting.filter((entry) => entry.left > 0);
    return new Faults([...taken.values()]);
  }
}

function isAbout(fault: ParsedFault, { on, flowId, sessionId }: Occasion): boolean {
  const place = fault.on === on || (fault.on === 'any' && on !== 'run' && on !== 'callback');
  return place && sameId(fault.flowId, flowId) && sameId(fault.sessionId, sessionId);
}

function sameId(wanted: string | undefined, id: string | undefined): boolean {
  return wanted === undefined || wanted.toLowerCase() === id?.toLowerCase();
}
