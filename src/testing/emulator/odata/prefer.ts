/** HOST, development only: reads the header Prefer. */
import { badQuery } from './answers';

/** The preferences of a request that Dataverse follows (Microsoft: compose-http-requests, page-results). */
export interface Preferences {
  readonly pageSize?: number;
  /** Patterns of annotation names, with `*` as a wildcard. */
  readonly annotations?: string;
  /** Value of the answer's Preference-Applied. */
  readonly applied: string;
}

export const FORMATTED_VALUE = 'OData.Community.Display.V1.FormattedValue';
const ERROR_DETAILS = 'Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus';
const MAX_PAGE = 5000;

export function parsePrefer(header: string | undefined): Preferences {
  const wishes = header?.match(/[^,\s"=]+(?:=(?:"[^"]*"|[^,]*))?/g) ?? [];
  let pageSize: number | undefined;
  let annotations: string | undefined;
  const applied: string[] = [];
  for (const wish of wishes) {
    const [name, value = ''] = [wish.split('=')[0], wish.slice(wish.indexOf('=') + 1).trim()];
    if (name === 'odata.maxpagesize') {
      pageSize = readPageSize(value);
      applied.push(wish);
    } else if (name === 'odata.include-annotations') {
      annotations = value.replaceAll('"', '');
      applied.push(wish);
    }
  }
  return { pageSize, annotations, applied: applied.join(',') };
}

function readPageSize(value: string): number {
  const size = Number(value);
  if (!Number.isInteger(size) || size < 1) {
    throw badQuery(`Invalid value '${value}' for odata.maxpagesize: give a number from 1 to ${MAX_PAGE}.`);
  }
  return Math.min(size, MAX_PAGE);
}

export function wants(annotations: string | undefined, name: string): boolean {
  const patterns = annotations?.split(',') ?? [];
  return patterns.some((pattern) => {
    const [start, end] = pattern.trim().split('*', 2);
    return end === undefined ? start === name : name.startsWith(start as string) && name.endsWith(end);
  });
}

export function wantsErrorDetails(header: string | undefined): boolean {
  const value = /odata\.include-annotations\s*=\s*"?([^"]*)"?/.exec(header ?? '')?.[1];
  return wants(value, ERROR_DETAILS);
}
