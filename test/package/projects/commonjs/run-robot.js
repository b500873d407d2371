const { Client, Connection } = require('@temporalio/client');
const { NativeConnection, Worker } = require('@temporalio/worker');
const { PowerAutomatePlugin } = require('temporal-power-automate');
const { DesktopFlows } = require('temporal-power-automate/client');
const { INVOICE_FLOWS, startEmulator } = require('temporal-power-automate/testing');

/** Runs a robot in a worker of these options, and writes how it ended. */
async function runRobot(workflows) {
  const address = process.env.TEMPORAL_ADDRESS;
  const taskQueue = process.env.TASK_QUEUE;
  const emulator = await startEmulator({ flows: INVOICE_FLOWS });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    ...workflows,
    plugins: [new PowerAutomatePlugin({ environment: emulator.environment })],
  });
  const flows = new DesktopFlows(new Client({ connection: await Connection.connect({ address }) }), {
    taskQueue,
  });
  const [flow] = INVOICE_FLOWS.flows;
  const outcome = await worker.runUntil(() =>
    flows.run(
      {
        flowId: flow.id,
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
}

module.exports = { runRobot };
