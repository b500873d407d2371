/** The processes of the tests: how each is run as it was, and what its call needs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FlowDefinition } from '../../src/testing/emulator';
import type { OriginalTasks, Values } from './original';

/** The organization of all processes. */
const ORGANIZATION = 'https://contoso.crm4.dynamics.com';

export interface ProcessCase {
  /** What is particular about it. */
  what: string;
  file: string;
  /** The call, by the name of its functions. */
  call: string;
  tasks: OriginalTasks;
  flow: FlowDefinition;
  /** Of the process, before its tasks. */
  variables: Values;
  /** What the caller of the module computes, by the name in its interface. */
  given?: Values;
  /** What the result expression of the outputs gives, by the names of the process variables that it makes. */
  made?: string[];
  /** Process variables that the call leaves, and the process did not. */
  more?: string[];
}

const flow = (last: number, result: FlowDefinition['result']): FlowDefinition => ({
  id: `5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e0${last}`,
  name: `Flow ${last}`,
  duration: 0,
  result,
});

export const CASES: ProcessCase[] = [
  {
    what: 'version 1 of the template: a bearer token, plain values',
    file: 'template-v1.bpmn',
    made: ['flowOutputs'],
    call: 'EnterInvoiceInSAP',
    tasks: { trigger: 'StartRobot', status: 'AskStatus', outputs: 'FetchOutputs' },
    flow: flow(1, { BookingNumber: 'B-{{inputs.InvoiceNumber}}', Booked: '{{inputs.Amount}}' }),
    variables: {},
  },
  {
    what: 'version 2: OAuth, expressions in every field, a secret among the inputs',
    file: 'template-v2.bpmn',
    made: ['paymentReference'],
    call: 'PayInvoice',
    tasks: { trigger: 'StartPayment', status: 'PaymentStatus', outputs: 'PaymentOutputs' },
    flow: flow(2, { PaymentReference: 'P-{{inputs.InvoiceNumber}}-{{inputs.Password}}' }),
    variables: {
      flows: { payment: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e02' },
      connection: 'payments',
      priority: 'high',
      invoice: { number: '4712', amount: 99.5 },
    },
  },
  {
    what: 'version 3: in a subprocess with a deadline, a new robot after a fault, a FEEL function',
    file: 'template-v3.bpmn',
    call: 'ArchiveDocument',
    tasks: { trigger: 'StartArchive', status: 'ArchiveStatus', outputs: 'ArchiveOutputs' },
    flow: flow(3, { Stored: '{{inputs.Document}} until {{inputs.Due}}' }),
    variables: { document: 'D-1', due: '2026-03-01', tries: 1 },
    given: { inputsDue: '2026-03-02' },
  },
  {
    what: 'version 4: the wait in a called process, secrets for the organization and the connection',
    file: 'template-v4.bpmn',
    call: 'ExportLedger',
    tasks: { trigger: 'StartExport', call: 'WaitForExport', status: 'RobotStatus', outputs: 'RobotOutputs' },
    flow: flow(4, { File: 'ledger-{{inputs.Month}}.csv' }),
    variables: { month: '2026-10' },
    more: ['statusCode', 'robotOutputs'],
  },
  {
    what: 'a second robot of the same process, with the same called process',
    file: 'template-v4.bpmn',
    call: 'UploadLedger',
    tasks: { trigger: 'StartUpload', call: 'WaitForUpload', status: 'RobotStatus', outputs: 'RobotOutputs' },
    flow: flow(5, { Uploaded: '{{inputs.File}}' }),
    variables: { exported: { File: 'ledger-2026-10.csv' } },
    more: ['statusCode', 'robotOutputs'],
  },
  {
    what: 'a template that somebody has changed: a body and inputs of its own, a wait for a message',
    file: 'changed-template.bpmn',
    made: ['order'],
    call: 'EnterOrder',
    tasks: { trigger: 'EnterOrder', outputs: 'OrderOutputs' },
    flow: flow(6, { OrderNumber: '{{inputs.Customer}}/{{inputs.CostCentre}}' }),
    variables: { customer: { name: 'Fröhlich & "Co"' } },
  },
  {
    what: 'tasks by hand on the REST connector, a secret without braces',
    file: 'rest-by-hand.bpmn',
    made: ['claimNumber'],
    call: 'OpenClaim',
    tasks: { trigger: 'OpenClaim', status: 'ClaimStatus', outputs: 'ClaimOutputs' },
    flow: flow(7, { ClaimNumber: 'C-{{inputs.Claim}}' }),
    variables: { claim: { id: '0815' }, caseId: 'case 1' },
  },
  {
    what: 'tasks without a template, for each element of a list, that a message cancels',
    file: 'list-and-cancel.bpmn',
    made: ['booking'],
    call: 'BookOrder',
    tasks: { trigger: 'BookOrder', status: 'OrderStatus', outputs: 'OrderBooking' },
    flow: flow(8, { Booking: 'K-{{inputs.Order}}' }),
    variables: { order: 'O-1' },
  },
];

export const FILES = [...new Set(CASES.map(({ file }) => file))];

export function processText(file: string, organizationUri = ORGANIZATION): string {
  const text = readFileSync(path.join(__dirname, 'processes', file), 'utf8');
  return text.replaceAll(ORGANIZATION, organizationUri);
}
