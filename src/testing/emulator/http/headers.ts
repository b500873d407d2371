/** HOST, development only: the headers that every answer has, of Dataverse and of the token endpoint. */
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { World } from '../world/world';

/** For the fault `clockAhead`. */
const CLOCK_AHEAD_MS = 10 * 60_000;

/** Headers as captured from a live environment (Microsoft: webapi/use-ps-and-vscode-web-api). */
export function dataverseHeaders(world: World): OutgoingHttpHeaders {
  const requestId = randomUUID();
  const expires = new Date(world.settings.now() + 365 * 86_400_000).toUTCString();
  return {
    'Cache-Control': 'no-cache',
    Allow: 'OPTIONS,GET,HEAD,POST',
    'Content-Type': 'application/json; odata.metadata=minimal',
    Expires: '-1',
    Vary: 'Accept-Encoding',
    // The header comes twice, and REQ_ID is the second value.
    'x-ms-service-request-id': [randomUUID(), requestId],
    'Set-Cookie': [
      'ARRAffinity=emulator; path=/; secure; HttpOnly',
      `ReqClientId=${randomUUID()}; expires=${expires}; path=/; secure; HttpOnly`,
      `orgId=${world.identity.OrganizationId}; expires=${expires}; path=/; secure; HttpOnly`,
    ],
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    REQ_ID: requestId,
    'CRM.ServiceId': 'framework',
    AuthActivityId: randomUUID(),
    'x-ms-dop-hint': '48',
    ...world.limits.headers(world.settings.now()),
    'OData-Version': '4.0',
    'X-Source': 'emulator',
    ...(world.setupFaults.has('clockAhead') && {
      Date: new Date(world.settings.now() + CLOCK_AHEAD_MS).toUTCString(),
    }),
    Public: 'OPTIONS,GET,HEAD,POST',
  };
}

export function tokenHeaders(): OutgoingHttpHeaders {
  return {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    'Content-Type': 'application/json; charset=utf-8',
    'x-ms-request-id': randomUUID(),
  };
}
