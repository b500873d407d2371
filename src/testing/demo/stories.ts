/** What the demo tells: three robots of an accounts department, of which each ends in another way. */
import type { RunDesktopFlowInput } from '../../common/input';
import { INVOICE_FLOWS } from '../emulator';

export interface Story {
  /** Also the start of its workflow id. */
  name: string;
  title: string;
  input: RunDesktopFlowInput;
  /** What must come of it, for the demo to have told the truth. */
  expected: { attempts: number; failure?: string };
}

function story(
  index: number,
  title: string,
  inputs: Record<string, unknown>,
  expected: Story['expected'],
): Story {
  const flow = INVOICE_FLOWS.flows[index];
  if (flow === undefined) throw new Error(`there is no invoice flow ${index}`);
  return {
    name: flow.name.toLowerCase().replaceAll(' ', '-'),
    title: `${flow.name} ${inputs.InvoiceNumber}: ${title}`,
    input: {
      flowId: flow.id,
      connectionName: `robot-${index + 1}`,
      runMode: 'unattended',
      inputs,
      // Shorter than anybody would want against Microsoft's service: nobody likes to wait for a demo.
      poll: { initialInterval: '1s', maximumInterval: '2s' },
      retry: { initialInterval: '2s' },
    },
    expected,
  };
}

export const STORIES: readonly Story[] = [
  story(0, 'succeeds', { InvoiceNumber: 'INV-1001', Amount: 249.9 }, { attempts: 1 }),
  story(
    1,
    'faults, and succeeds at the second attempt',
    { InvoiceNumber: 'INV-1002', Amount: 80 },
    { attempts: 2 },
  ),
  story(
    2,
    'fails with an error code',
    { InvoiceNumber: 'INV-1003' },
    { attempts: 1, failure: 'DesktopFlowFailed' },
  ),
];
