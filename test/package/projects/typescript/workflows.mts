import { runDesktopFlow } from 'temporal-power-automate/workflow';

export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from 'temporal-power-automate/workflow';

export async function enterInvoice(flowId: string, invoice: string): Promise<unknown> {
  const { outputs } = await runDesktopFlow({
    flowId,
    connectionName: 'invoices',
    runMode: 'unattended',
    inputs: { InvoiceNumber: invoice, Amount: 12 },
  });
  return outputs?.BookingNumber;
}
