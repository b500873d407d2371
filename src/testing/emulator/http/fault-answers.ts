/** HOST, development only: gives the answers that faults ask for, in the shape of the endpoint they hit. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../calls/call';
import { challenge, tokenThrottled } from '../calls/token';
import type { FaultOf } from '../faults/faults';
import { isOfEntra, type Operation } from '../faults/operations';
import { tokenErrorAnswer, tokenFailure } from '../oauth/token-errors';
import { type Answer, errorAnswer } from '../odata/answers';

type AnsweringFault = FaultOf<'throttle' | 'status' | 'html' | 'tokenError'>;

/** MSAL documents 60 seconds for this grant. */
const TOKEN_RETRY_AFTER_S = 60;

const GATEWAY_PAGE = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>Microsoft-Azure-Application-Gateway/v2</center></body>
</html>
`;

/** Codes and texts for the statuses that have documented ones; the other statuses come without. */
const KNOWN: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['0x80040265', 'An error occurred in the business logic.'],
  404: ['0x80040217', `Entity 'flowsession' With Id = ${randomUUID()} Does Not Exist`],
  500: ['0x80040216', 'An unexpected error occurred.'],
};

const PRIVILEGES: Partial<Record<Operation, string>> = {
  status: 'prvReadflowsession',
  query: 'prvReadflowsession',
  inputs: 'prvReadflowsession',
  outputs: 'prvReadflowsession',
  cancel: 'prvWriteflowsession',
};

export function faultAnswer(fault: AnsweringFault, operation: Operation, call: Call): Answer {
  const { settings, limits } = call.world;
  switch (fault.kind) {
    case 'throttle':
      return isOfEntra(operation)
        ? tokenThrottled(
            fault.retryAfterSeconds === undefined ? TOKEN_RETRY_AFTER_S : fault.retryAfterSeconds,
          )
        : limits.refuse(fault.limit, fault.retryAfterSeconds === undefined ? 1 : fault.retryAfterSeconds);
    case 'html':
      return { status: fault.httpStatus, headers: { 'Content-Type': 'text/html' }, body: GATEWAY_PAGE };
    case 'tokenError':
      return tokenErrorAnswer(fault.situation, settings.clientId, settings.now());
    case 'status':
      return statusAnswer(fault, operation, call);
  }
}

function statusAnswer(fault: FaultOf<'status'>, operation: Operation, call: Call): Answer {
  const { httpStatus, body, retryAfterSeconds } = fault;
  const headers = {
    // A raw body is a gateway's, which knows nothing of Dataverse's challenge.
    ...(httpStatus === 401 && !isOfEntra(operation) && body === undefined
      ? challenge(call.origin, call.world.settings.tenantId)
      : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  };
  if (body !== undefined) {
    return { status: httpStatus, headers: { 'Content-Type': 'text/plain', ...headers }, body };
  }
  if (isOfEntra(operation)) {
    const error = fault.code ?? (httpStatus >= 500 ? 'temporarily_unavailable' : 'invalid_request');
    const text = fault.message ?? 'The request failed, as it was asked to.';
    const failure = tokenFailure(httpStatus, error, text, 90033, call.world.settings.now());
    return { ...failure, headers };
  }
  const [code, message] =
    httpStatus === 403 ? missingPrivilege(operation, call) : (KNOWN[httpStatus] ?? ['', '']);
  return errorAnswer(httpStatus, fault.code ?? code, fault.message ?? message, headers);
}

/** The one error sample of this API; its message starts with a blank (Microsoft: desktop-flow-public-apis). */
function missingPrivilege(operation: Operation, { world }: Call): readonly [string, string] {
  const privilege = PRIVILEGES[operation] ?? 'prvReadworkflow';
  const user = world.identity.UserId;
  return [
    '0x80040220',
    ` Principal user (Id=${user}, type=8) is missing ${privilege} privilege (Id=${randomUUID()})`,
  ];
}
