/** DEVELOPMENT: what the pictures show: a Temporal server with its web UI, an emulator with three flows, and a worker. */
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Browser } from 'playwright-core';
import { DesktopFlows } from '../../src/client';
import { type Emulator, type FlowsFile, startEmulator } from '../../src/testing/emulator';
import { type DevServer, startDevServer } from '../../src/testing/temporal-servers';
import { spawnServer } from '../../src/testing/temporal-servers/server-process';

export interface Stage {
  server: DevServer;
  emulator: Emulator;
  flows: DesktopFlows;
  /** Of the command. */
  environment: Record<string, string>;
}

/** Makes one, of what the stage has. */
export type Picture = (stage: Stage, browser: Browser, file: string) => Promise<void>;

export const CONNECTION = 'robots';

export const ENTER_INVOICE = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e01';
export const PAY_INVOICE = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e02';
export const ENTER_ORDER = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e04';

const MACHINE: NonNullable<FlowsFile['machines']>[number] = {
  name: 'Robot 7',
  connections: [CONNECTION],
  mode: 'unattended',
  sessions: 5,
  agentVersion: '2.49',
};

const FLOWS: FlowsFile['flows'] = [
  {
    id: ENTER_INVOICE,
    name: 'Enter invoice',
    duration: '8s',
    inputs: { InvoiceNumber: 'string', Amount: 'number' },
    outputs: { BookingNumber: 'string', Amount: 'number' },
    result: { BookingNumber: 'B-{{inputs.InvoiceNumber}}', Amount: '{{inputs.Amount}}' },
  },
  {
    id: PAY_INVOICE,
    name: 'Pay invoice',
    duration: '10m',
    inputs: { InvoiceNumber: 'string', Amount: 'number' },
    outputs: { PaymentReference: 'string' },
  },
  {
    id: ENTER_ORDER,
    name: 'Enter order',
    duration: '2s',
    inputs: { Order: 'string' },
    ends: { status: 'Failed', errorCode: 'UnresponsiveAgent', errorMessage: 'The flow failed' },
    actionLog: {
      actions: [
        { actionName: 'Launch Excel', subflowName: 'Main', status: 'Succeeded' },
        {
          actionName: 'Click element',
          subflowName: 'Enter order',
          actionIndex: 12,
          status: 'Failed',
          errorMessage: 'Element "Save" was not found',
        },
      ],
    },
  },
];

const WORKER = path.join(__dirname, '..', '..', 'dist', 'worker.js');

/** @param closeLater takes each part as soon as it runs, so that it can be ended whatever happens later. */
export async function setStage(closeLater: (close: () => Promise<void>) => void): Promise<Stage> {
  const server = await startDevServer({ own: true, ui: true });
  closeLater(() => server.stop());
  const emulator = await startEmulator({ flows: { flows: FLOWS, machines: [MACHINE] } });
  closeLater(() => emulator.close());
  const { PATH = '', HOME = '' } = process.env;
  const environment = { ...emulator.environment, TEMPORAL_ADDRESS: server.address };
  const worker = await spawnServer(process.execPath, [WORKER], {
    PATH,
    HOME,
    ...environment,
    LOG_LEVEL: 'warn',
  });
  closeLater(() => worker.stop());
  const connection = await Connection.connect({ address: server.address });
  closeLater(() => connection.close());
  return { server, emulator, flows: new DesktopFlows(new Client({ connection })), environment };
}
