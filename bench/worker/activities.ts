/** HOST, development only: activities of the bench: nothing, plain HTTP, and the items of a batch. */
import { Agent } from 'node:http';
import axios from 'axios';
import type { RunDesktopFlowInput } from '../../src/common/input';

export interface NaiveInput extends RunDesktopFlowInput {
  everyMs: number;
}

export interface BenchPagesInput {
  /** In all. */
  items: number;
  pageSize: number;
}

interface PageRequest {
  cursor: string | null;
  input: BenchPagesInput;
}

export type BenchActivities = ReturnType<typeof createBenchActivities>;

export function createBenchActivities(environment: NodeJS.ProcessEnv) {
  const http = axios.create({
    baseURL: `${environment.POWER_AUTOMATE_ORGANIZATION_URI}/api/data/v9.2/`,
    // As many as the package asks at once, so that neither meets the emulator's limit of 52.
    httpAgent: new Agent({ keepAlive: true, maxSockets: 40 }),
  });
  let token: Promise<string> | undefined;
  const headers = async () => {
    token ??= fetchToken(environment);
    return { Authorization: `Bearer ${await token}` };
  };
  return {
    async empty(): Promise<void> {},

    async naiveTrigger({ flowId, connectionName, inputs }: NaiveInput): Promise<string> {
      const body = {
        runMode: 'unattended',
        connectionName,
        connectionType: 1,
        inputs: JSON.stringify(inputs),
      };
      const path = `workflows(${flowId})/Microsoft.Dynamics.CRM.RunDesktopFlow`;
      const { data } = await http.post(path, body, { headers: await headers() });
      return data.flowsessionId ?? data.flowsessionid;
    },

    async naiveStatus(flowSessionId: string): Promise<number> {
      const path = `flowsessions(${flowSessionId})?$select=statuscode`;
      const { data } = await http.get(path, { headers: await headers() });
      return data.statuscode;
    },

    async naiveOutputs(flowSessionId: string): Promise<unknown> {
      const path = `flowsessions(${flowSessionId})/outputs/$value`;
      const { data } = await http.get(path, { headers: await headers(), responseType: 'text' });
      return typeof data === 'string' ? JSON.parse(data) : data;
    },

    /** Items of a batch, by number: what `pages` of `RunDesktopFlows` asks for. */
    async benchPages({ cursor, input: { items, pageSize } }: PageRequest): Promise<object> {
      const first = Number(cursor ?? 0);
      const next = Math.min(first + pageSize, items);
      return {
        items: Array.from({ length: next - first }, (_, index) => ({
          connectionName: `connection-${first + index}`,
          inputs: { Number: first + index },
        })),
        nextCursor: next < items ? String(next) : null,
      };
    },
  };
}

async function fetchToken(environment: NodeJS.ProcessEnv): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: environment.POWER_AUTOMATE_CLIENT_ID ?? '',
    client_secret: environment.POWER_AUTOMATE_CLIENT_SECRET ?? '',
    scope: `${environment.POWER_AUTOMATE_ORGANIZATION_URI}/.default`,
  });
  const { data } = await axios.post(environment.POWER_AUTOMATE_TOKEN_ENDPOINT ?? '', form);
  return data.access_token;
}
