/** HOST: what becomes of each fact of a connector task. A fact that nothing is said of is lost, and the report says so. */
import type { DiagramElement } from './diagram';
import { type Fact, type Fate, factsOf, type ReportLine } from './facts';

export class Ledger {
  readonly facts: readonly Fact[];
  readonly #lines: ReportLine[] = [];
  readonly #said = new Set<string>();

  constructor(readonly element: DiagramElement) {
    this.facts = numbered(factsOf(element.node));
  }

  has(what: string): boolean {
    return this.facts.some((fact) => fact.what === what);
  }

  value(what: string): string | undefined {
    return this.facts.findLast((fact) => fact.what === what)?.value;
  }

  /** Says what becomes of a fact, or of the element itself; of a fact that is not there nothing. */
  say(what: string, fate: Fate, text: string): void {
    if (this.#said.has(`${what}\n${fate}\n${text}`)) return;
    this.#said.add(`${what}\n${fate}\n${text}`);
    const { id, name } = this.element;
    this.#lines.push({ element: id, name, what, fate, text });
  }

  sayIfThere(what: string, fate: Fate, text: string): void {
    if (this.has(what)) this.say(what, fate, text);
  }

  isSaid(what: string): boolean {
    return this.#lines.some((line) => line.what === what);
  }

  /** One line at least for each fact. */
  lines(): ReportLine[] {
    const { id, name } = this.element;
    const open = this.facts.filter(({ what }) => !this.isSaid(what));
    const lost = open.map(({ what, value }) => ({
      element: id,
      name,
      what,
      fate: 'lost' as const,
      text: lossOf(what, value),
    }));
    return [...this.#lines, ...lost];
  }
}

/** Of facts of one name the last one counts, as it does for Zeebe; those before it get a number. */
function numbered(facts: readonly Fact[]): Fact[] {
  return facts.map((fact, index) => {
    const before = facts.slice(0, index).filter(({ what }) => what === fact.what).length;
    const isLast = !facts.slice(index + 1).some(({ what }) => what === fact.what);
    return isLast ? fact : { ...fact, what: `${fact.what} [${before + 1}]` };
  });
}

/** Values of what may authenticate are not repeated. */
function lossOf(what: string, value: string): string {
  const text = 'not imported';
  if (isSensitive(what) || value === '') return text;
  const short = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return `${text}: ${JSON.stringify(short)}`;
}

const SENSITIVE =
  /authentication|authorization|secret|token|passw|pwd|api.?key|credential|\bheaders\b|tls|certificate|cookie/i;

function isSensitive(what: string): boolean {
  return SENSITIVE.test(what);
}
