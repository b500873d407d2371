/** HOST: values in the URLs of OData. */
import { isGuid } from '../common/schema/guid';
import { DataverseError } from './http/errors';

export function inCallbackUrl(part: string): string {
  return `contains(callbackurl,${literal(part)})`;
}

/** A text in a filter of OData. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Half a character, which no text of Dataverse holds, has no UTF-8: it becomes the character for what is lost. */
export function encodedFilter(conditions: readonly string[]): string {
  return encodeURIComponent(Buffer.from(conditions.join(' and ')).toString());
}

/** The column holds whole seconds. */
export function createdCondition(operator: 'ge' | 'lt', time: Date): string {
  return `createdon ${operator} ${time.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** Checks an id that goes into a path: nothing else may get there. */
export function guid(id: string): string {
  if (isGuid(id)) return id.toLowerCase();
  const message = 'An id of a flow or a run must be a GUID: nothing was sent';
  throw new DataverseError(message, { kind: 'badRequest', outcome: 'refused' });
}
