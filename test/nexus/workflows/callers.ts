/** Workflows of somebody else, in another namespace. */
import { createNexusServiceClient } from '@temporalio/workflow';
import {
  desktopFlowsService,
  type RunDesktopFlowOperationInput,
  type RunDesktopFlowResult,
  type RunDesktopFlowsOperationInput,
  type RunDesktopFlowsResult,
} from '../../../src/workflow';

const serviceOf = (endpoint: string) => createNexusServiceClient({ endpoint, service: desktopFlowsService });

export const callRunDesktopFlow = (
  endpoint: string,
  input: RunDesktopFlowOperationInput,
): Promise<RunDesktopFlowResult> => serviceOf(endpoint).executeOperation('runDesktopFlow', input);

export const callRunDesktopFlows = (
  endpoint: string,
  input: RunDesktopFlowsOperationInput,
): Promise<RunDesktopFlowsResult> => serviceOf(endpoint).executeOperation('runDesktopFlows', input);
