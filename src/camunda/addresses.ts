/** HOST: the addresses of Dataverse's Web API that have to do with desktop flows, with expressions in them. */
import { type Feel, literalOf } from './feel';
import { isText, resolveWithOrigins, type Scope, type ScopeValue } from './feel-values';

export type Operation = 'trigger' | 'status' | 'outputs' | 'cancel';

export interface Address {
  readonly operation: Operation;
  /** Undefined where an expression holds more than the organization, such as the version of the API. */
  readonly organizationUri: ScopeValue | undefined;
  /** Of the flow, or of the flow session. */
  readonly id: ScopeValue;
  /** The query, without its expressions. */
  readonly query: string;
}

const BASE = String.raw`^(.+?)(\/api\/data\/v\d+\.\d+)?\/`;

/** OData writes the id in parentheses, also with the name of the column. */
const ADDRESSES: [Operation, RegExp][] = [
  ['trigger', /workflows\((?:workflowid=)?([^)]+)\)\/Microsoft\.Dynamics\.CRM\.RunDesktopFlow\/?(\?.*)?$/],
  [
    'cancel',
    /flowsessions\((?:flowsessionid=)?([^)]+)\)\/Microsoft\.Dynamics\.CRM\.CancelDesktopFlowRun\/?(\?.*)?$/,
  ],
  ['outputs', /flowsessions\((?:flowsessionid=)?([^)]+)\)\/outputs(?:\/\$value)?\/?(\?.*)?$/],
  ['status', /flowsessions\((?:flowsessionid=)?([^)]+)\)\/?(\?.*)?$/],
  ['status', /flowsessions\?(?:.*&)?\$filter=flowsessionid(?: |%20|\+)eq(?: |%20|\+)([^& ]+)(&.*)?$/],
];

/** Stands for an expression in a text: a character for private use. */
const MARK = '\uE001';

/** Undefined for any other address. */
export function addressOf(url: Feel, scope: Scope): Address | undefined {
  const pieces = piecesOf(url, scope);
  const text = pieces.map((piece) => piece.text).join('');
  for (const [operation, pattern] of ADDRESSES) {
    const match = new RegExp(BASE + pattern.source, 'di').exec(text);
    const isWhole = match?.[2] !== undefined;
    // Without the path of the API, another server may have tables of these names.
    if (!match?.indices || !(isWhole || match[1]?.includes(MARK))) continue;
    const [, organization, , id] = match.indices;
    return {
      operation,
      organizationUri: isWhole ? withoutSlash(cut(pieces, organization)) : undefined,
      id: cut(pieces, id),
      query: (match[4] ?? '').replaceAll(MARK, '…'),
    };
  }
  return undefined;
}

interface Piece {
  text: string;
  part: Feel;
  from: ReadonlySet<string>;
}

/** The operands of a sum, each with the names that have gone into it. */
function piecesOf(feel: Feel, scope: Scope): Piece[] {
  if (feel.kind === 'sum') return feel.parts.flatMap((part) => piecesOf(part, scope));
  const { value, from } = resolveWithOrigins(feel, scope);
  const parts = value.kind === 'sum' && isText(value) ? value.parts : [value];
  return parts.map((part) => ({ text: part.kind === 'literal' ? String(part.value) : MARK, part, from }));
}

function cut(pieces: readonly Piece[], [start, end]: [number, number] = [0, 0]): ScopeValue {
  const from = new Set<string>();
  const parts: Feel[] = [];
  let at = 0;
  for (const { text, part, from: origins } of pieces) {
    const [first, last] = [Math.max(start, at), Math.min(end, at + text.length)];
    if (first < last) {
      parts.push(part.kind === 'literal' ? literalOf(text.slice(first - at, last - at)) : part);
      for (const origin of origins) from.add(origin);
    }
    at += text.length;
  }
  const [only] = parts;
  return { value: parts.length === 1 && only ? only : { kind: 'sum', parts }, from };
}

/** A slash at the end of an organization's URI is none of its own. */
function withoutSlash({ value, from }: ScopeValue): ScopeValue {
  if (value.kind !== 'literal') return { value, from };
  return { value: literalOf(String(value.value).replace(/\/+$/, '')), from };
}
