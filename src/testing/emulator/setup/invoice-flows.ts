/** HOST, development only: the flows that an emulator has by default. */
import type { FlowsFile } from './flows-file';

/** The emulator holds these unless it gets others: three robots of an accounts department. */
export const INVOICE_FLOWS: FlowsFile = {
  flows: [
    {
      id: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e01',
      name: 'Enter invoice',
      duration: '3s',
      inputs: { InvoiceNumber: 'string', Amount: 'number' },
      outputs: { BookingNumber: 'string', Amount: 'number' },
      result: { BookingNumber: 'B-{{inputs.InvoiceNumber}}', Amount: '{{inputs.Amount}}' },
    },
    {
      id: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e02',
      name: 'Pay invoice',
      duration: '4s',
      inputs: { InvoiceNumber: 'string', Amount: 'number' },
      outputs: { PaymentReference: 'string' },
      ends: ['Faulted', 'Succeeded'],
      result: { PaymentReference: 'P-{{inputs.InvoiceNumber}}' },
    },
    {
      id: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e03',
      name: 'Archive invoice',
      duration: '2s',
      inputs: { InvoiceNumber: 'string' },
      ends: { status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' },
    },
  ],
};
