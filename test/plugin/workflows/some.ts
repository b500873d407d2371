/** The workflows file of somebody who has forgotten most of ours. */
export { RunDesktopFlow } from '../../../src/workflow';

export async function payInvoice(): Promise<void> {}
