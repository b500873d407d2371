import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { PowerAutomatePlugin } from 'temporal-power-automate';
import { DesktopFlows } from 'temporal-power-automate/client';
import { INVOICE_FLOWS, startEmulator } from 'temporal-power-automate/testing';

const { TEMPORAL_ADDRESS: address = '', TASK_QUEUE: taskQueue = '' } = process.env;
const emulator = await startEmulator({ flows: INVOICE_FLOWS });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflows.mjs', import.meta.url)),
  plugins: [new PowerAutomatePlugin({ environment: emulator.environment })],
});
const client = new Client({ connection: await Connection.connect({ address }) });
const flows = new DesktopFlows(client, { taskQueue });
const flowId = INVOICE_FLOWS.flows[0]?.id ?? '';
const outcome = await worker.runUntil(() =>
  flows.run(
    {
      flowId,
      connectionName: 'invoices',
      runMode: 'unattended',
      inputs: { InvoiceNumber: '4711', Amount: 12 },
    },
    { workflowId: taskQueue },
  ),
);
console.log(`OUTCOME ${JSON.stringify(outcome)}`);
await connection.close();
await emulator.close();
