/** What every command of this service gets. */
import type { Client } from '@temporalio/client';
import type { DesktopFlows, RunDesktopFlowInput } from 'temporal-power-automate/client';

export interface Service {
  client: Client;
  flows: DesktopFlows;
  /** Of the worker of Power Automate. */
  taskQueue: string;
}

export type Flow = RunDesktopFlowInput;
