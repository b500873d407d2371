/**
 * HOST, development only: the stories of the demo: three robots of an accounts department, each with a different end.
 */
import type { RunDesktopFlowInput } from '../../common/input';
import { INVOICE_FLOWS } from '../emulator';

export interface Story {
  /** The workflow id of the story starts with this name. */
  name: string;
  title: string;
  input: RunDesktopFlowInput;
  /** How the workflow must end, or the demo fails. */
  expected: { attempts: number; failure?: string };
}

function story(
  index: number,
  title: string,
  inputs: Record<string, unknown>,
  expected: Story['expected'],
): Story {
  const flow = INVOICE_FLOWS.flows[index];
  if (flow === undefined) throw new Error(`Invoice flow ${index} does not exist`);
  return {
    name: flow.name.toLowerCase().replaceAll(' ', '-'),
    title: `${flow.name} ${inputs.InvoiceNumber}: ${title}`,
    input: {
      flowId: flow.id,
      connectionName: `robot-${index + 1}`,
      runMode: 'unattended',
      inputs,
      // These are too short for Microsoft's service, but a demo should not make people wait.
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
