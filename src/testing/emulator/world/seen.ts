/**
 * HOST, development only: records what the emulator saw. Times are epoch milliseconds of its clock; it never keeps a
 * token or a secret.
 */
import { type FlowRunStatus, statusName } from '../../../common/status';
import { OPERATIONS, type Operation } from '../faults/operations';
import type { SeenCallback } from '../runs/callbacks';
import type { Run } from '../runs/run';

export interface SeenRequest {
  readonly kind: Operation;
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly url: string;
  readonly at: number;
  readonly flowId?: string;
  sessionId?: string;
  /** Absent while there is no answer yet, and for ever where the answer was lost. */
  status?: number;
  /** Dataverse's error code, or the `error` of the token endpoint. */
  code?: string;
  /** Kinds of the faults that hit the request. */
  readonly faults: readonly string[];
}

export interface SeenSession {
  readonly id: string;
  readonly flowId: string;
  readonly flowName: string;
  /** The text exactly as the request held it. */
  readonly inputs?: string;
  readonly connection: string;
  readonly runMode: string;
  readonly priority: string;
  readonly statusCode: number;
  readonly status: FlowRunStatus | 'Unknown';
  readonly createdOn: number;
  readonly startedOn?: number;
  readonly completedOn?: number;
  readonly machine?: string;
  readonly callbackUrl?: string;
  readonly cancelRequested: boolean;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export interface Seen {
  /** The latest 10,000. */
  readonly requests: readonly SeenRequest[];
  readonly tokenRequests: readonly SeenRequest[];
  /** Requests that were answered with 400 and above. */
  readonly refused: readonly SeenRequest[];
  readonly sessions: readonly SeenSession[];
  readonly callbacks: readonly SeenCallback[];
  /** All requests by kind since the start. */
  readonly counts: Readonly<Record<Operation, number>>;
  /** All answers of 400 and above by HTTP status since the start. */
  readonly refusals: Readonly<Record<number, number>>;
}

const MAX_REQUESTS = 10_000;

export class RequestLog {
  readonly requests: SeenRequest[] = [];
  #counted = noCounts();
  #refused: Record<number, number> = {};

  get refusals(): Readonly<Record<number, number>> {
    return { ...this.#refused };
  }

  get counts(): Readonly<Record<Operation, number>> {
    return { ...this.#counted };
  }

  add(request: SeenRequest): SeenRequest {
    this.#counted[request.kind] += 1;
    this.requests.push(request);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    return request;
  }

  /** Notes what a request was answered with. */
  answer(request: SeenRequest, status: number, code: string | undefined): void {
    request.status = status;
    request.code = code;
    if (status >= 400) this.#refused[status] = (this.#refused[status] ?? 0) + 1;
  }

  clear(): void {
    this.requests.length = 0;
    this.#counted = noCounts();
    this.#refused = {};
  }
}

export function toSeenSession(run: Run): SeenSession {
  return {
    id: run.id,
    flowId: run.flow.id,
    flowName: run.flow.name,
    inputs: run.inputs,
    connection: run.connection,
    runMode: run.runMode,
    priority: run.priority,
    statusCode: run.statusCode,
    status: statusName(run.statusCode),
    createdOn: run.createdAt,
    startedOn: run.startedAt,
    completedOn: run.completedAt,
    machine: run.machine?.name,
    callbackUrl: run.callbackUrl,
    cancelRequested: run.cancelAt !== undefined,
    errorCode: run.errorCode,
    errorMessage: run.errorMessage,
  };
}

function noCounts(): Record<Operation, number> {
  return Object.fromEntries(OPERATIONS.map((operation) => [operation, 0])) as Record<Operation, number>;
}
