/** What the blocks of the pages leave to their reader. Copied beside them when they are compiled. */
declare const client: import('@temporalio/client').Client;
declare const config: import('temporal-power-automate').Config;
declare const flowId: string;
declare const connectionName: string;
declare const flows: typeof import('temporal-power-automate/testing').INVOICE_FLOWS;

declare const Worker: typeof import('@temporalio/worker').Worker;
declare const PowerAutomatePlugin: typeof import('temporal-power-automate').PowerAutomatePlugin;
declare const createActivities: typeof import('temporal-power-automate').createActivities;
declare const environmentSecrets: typeof import('temporal-power-automate').environmentSecrets;
declare const YourCodec: new () => import('@temporalio/common').PayloadCodec;

/** Of docs/batch.md. */
declare const invoices: {
  after(cursor: string | null, input: unknown): Promise<{ rows: { number: string }[]; next?: string }>;
};
declare const bookings: { storeOnce(key: string, results: object[]): Promise<void> };

/** Of docs/codegen.md. */
type EnterInvoiceOutputs = import('./flows/enter-invoice.js').EnterInvoiceOutputs;
declare const enterInvoiceInput: typeof import('./flows/enter-invoice.js').enterInvoiceInput;
declare const inputs: import('./flows/enter-invoice.js').EnterInvoiceInputs;
declare const options: Parameters<typeof enterInvoiceInput>[1];
