/**
 * HOST: which elements may follow which, also into and out of subprocesses and called processes. A called process is left
 * for the element that called it: another call of the same process is another place.
 */
import type { Diagram, DiagramElement } from './diagram';

/** An element, in a process that was called by these elements, the outermost first. */
export interface Place {
  readonly element: DiagramElement;
  readonly callers: readonly DiagramElement[];
}

export class Ways {
  readonly #all: readonly DiagramElement[];
  readonly #attached: ReadonlyMap<string, DiagramElement[]>;
  /** By the subprocess, or by the process where they are directly in it. */
  readonly #starts: ReadonlyMap<string, DiagramElement[]>;
  readonly #callers: ReadonlyMap<string, DiagramElement[]>;

  readonly #next = new Map<string, Place[]>();

  constructor(readonly diagram: Diagram) {
    this.#all = [...diagram.elements.values()];
    this.#attached = grouped(this.#all, ({ attachedTo }) => attachedTo);
    const starts = this.#all.filter((one) => one.type === 'StartEvent' || isEventSubprocess(one));
    this.#starts = grouped(starts, ({ container, process }) => container ?? process);
    this.#callers = grouped(this.#all, ({ calls }) => calls);
  }

  place(id: string): Place[] {
    const element = this.diagram.elements.get(id);
    return element ? [{ element, callers: [] }] : [];
  }

  /** The subprocess around it, or the call of its process; of all calls where it is not known which. */
  around({ element, callers }: Place): Place[] {
    const container = this.diagram.elements.get(element.container ?? '');
    if (container) return [{ element: container, callers }];
    const caller = callers.at(-1);
    if (caller) return [{ element: caller, callers: callers.slice(0, -1) }];
    return (this.#callers.get(element.process) ?? []).map((one) => ({ element: one, callers: [] }));
  }

  /** All that is around it, from the nearest to the outermost. */
  surroundings(place: Place): Place[] {
    return this.#follow([place], (one) => this.around(one)).slice(1);
  }

  /** Boundary events of an element, and the event subprocesses in it. */
  interruptions({ element, callers }: Place): Place[] {
    const attached = this.#attached.get(element.id) ?? [];
    const inside = [element.id, ...(element.calls === undefined ? [] : [element.calls])];
    const events = inside.flatMap((id) => this.#starts.get(id) ?? []).filter(isEventSubprocess);
    return [
      ...attached.map((one) => ({ element: one, callers })),
      ...events.map((one) => ({ element: one, callers: one.container ? callers : [...callers, element] })),
    ];
  }

  /** The event subprocesses that are directly in these processes. */
  eventsOfProcesses(processes: readonly string[]): Place[] {
    const events = [...new Set(processes)]
      .flatMap((id) => this.#starts.get(id) ?? [])
      .filter(isEventSubprocess);
    return events.map((element) => ({ element, callers: [] }));
  }

  /** Of an event subprocess its events, of anything else itself. */
  startsOf(place: Place): Place[] {
    if (!isEventSubprocess(place.element)) return [place];
    return (this.#starts.get(place.element.id) ?? []).map((element) => ({ ...place, element }));
  }

  next(place: Place): Place[] {
    const known = this.#next.get(keyOf(place)) ?? this.#findNext(place);
    this.#next.set(keyOf(place), known);
    return known;
  }

  #findNext(place: Place): Place[] {
    const { element, callers } = place;
    const starts = (id: string | undefined) => (id === undefined ? [] : (this.#starts.get(id) ?? []));
    const isRepeated = callers.includes(element);
    const ofProcess = starts(element.process).filter(isEventSubprocess);
    return [
      ...this.#outgoing(place),
      ...starts(element.id).map((one) => ({ element: one, callers })),
      ...(isRepeated
        ? []
        : starts(element.calls).map((one) => ({ element: one, callers: [...callers, element] }))),
      ...ofProcess.map((one) => ({ element: one, callers })),
      ...[place, ...this.surroundings(place)].flatMap((one) => this.interruptions(one)),
    ];
  }

  /** Where an element without a way on ends, what is around it goes on. */
  #outgoing(place: Place): Place[] {
    const targets = ({ element, callers }: Place): Place[] =>
      element.outgoing
        .flatMap(({ to }) => this.diagram.elements.get(to) ?? [])
        .map((one) => ({ element: one, callers }));
    const isEnd = (one: Place) => one.element.outgoing.length === 0;
    return this.#follow([place], (one) => (isEnd(one) ? this.around(one) : [])).flatMap(targets);
  }

  /** What may come after these places, nearest first, not through those where it stops. */
  after(from: readonly Place[], stopsAt: (place: Place) => boolean = () => false): Place[] {
    const first = from.flatMap((place) => this.next(place));
    const isOpen = (place: Place) => !stopsAt(place);
    return this.#follow(first.filter(isOpen), (place) => this.next(place).filter(isOpen));
  }

  /** Those of the places from which one of the ends can be reached, without leaving them. */
  leadingTo(ends: readonly Place[], places: readonly Place[]): Place[] {
    const isOne = new Set(places.map(keyOf));
    const back = new Map<string, Place[]>();
    for (const place of places) {
      for (const next of this.next(place).map(keyOf)) back.set(next, [...(back.get(next) ?? []), place]);
    }
    return this.#follow(
      ends.flatMap((end) => back.get(keyOf(end)) ?? []),
      (place) => (back.get(keyOf(place)) ?? []).filter((one) => isOne.has(keyOf(one))),
    );
  }

  #follow(first: readonly Place[], next: (place: Place) => readonly Place[]): Place[] {
    const found = new Map<string, Place>();
    const open = [...first];
    for (const place of open) {
      if (found.has(keyOf(place))) continue;
      found.set(keyOf(place), place);
      open.push(...next(place));
    }
    return [...found.values()];
  }
}

function keyOf({ element, callers }: Place): string {
  return JSON.stringify([element.id, ...callers.map(({ id }) => id)]);
}

function isEventSubprocess({ node }: DiagramElement): boolean {
  return node.triggeredByEvent === true;
}

function grouped(
  elements: readonly DiagramElement[],
  by: (element: DiagramElement) => string | undefined,
): Map<string, DiagramElement[]> {
  const groups = new Map<string, DiagramElement[]>();
  for (const element of elements) {
    const key = by(element);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  return groups;
}
