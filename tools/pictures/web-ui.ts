/** DEVELOPMENT: pictures of a run in Temporal's web UI. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { RunDesktopFlowInput } from '../../src/common/input';
import { CONNECTION, ENTER_INVOICE, ENTER_ORDER, PAY_INVOICE, type Picture, type Stage } from './stage';

/** Wide enough for the page's two columns. */
const VIEWPORT = { width: 1280, height: 1000 };

const LOOK_AGAIN_MS = 200;

/** What of the page tells of the run: without the menu at its left, and the bar at its top. */
const CLIP = { x: 205, y: 66, width: 1075 };

interface Page {
  workflowId: string;
  /** Below that of the workflow. */
  path: string;
  /** What has to be there before the picture is taken. */
  text: RegExp;
  height: number;
}

async function take({ server }: Stage, browser: Browser, page: Page, file: string): Promise<void> {
  const tab = await browser.newPage({ viewport: VIEWPORT, timezoneId: 'UTC' });
  await tab.goto(`${server.uiUrl}/namespaces/default/workflows/${page.workflowId}`);
  await tab.waitForURL(/\/workflows\/[^/]+\/[\w-]{36}\//);
  const run = /.*\/workflows\/[^/]+\/[\w-]{36}\//.exec(tab.url())?.[0];
  await tab.goto(`${run}${page.path}`);
  // Markdown is in a frame of its own.
  const within = page.path === 'user-metadata' ? tab.frameLocator('iframe') : tab;
  await within.getByText(page.text).first().waitFor();
  await tab.screenshot({ path: file, clip: { ...CLIP, height: page.height } });
  await tab.close();
}

function inputOf(flowId: string, inputs: Record<string, unknown>): RunDesktopFlowInput {
  return { flowId, connectionName: CONNECTION, runMode: 'unattended', inputs };
}

export const waitingPicture: Picture = async (stage, browser, file) => {
  const workflowId = 'pay-invoice-4711';
  const input = inputOf(PAY_INVOICE, { InvoiceNumber: '4711', Amount: 249.9 });
  const run = await stage.flows.start(
    // Its own looks, so that the next one is soon and can be seen.
    { ...input, poll: { shared: false, initialInterval: '1s', maximumInterval: '5s' } },
    { workflowId },
  );
  // The page shows what it was told when it was opened.
  while ((await run.view()).status !== 'Running') await sleep(LOOK_AGAIN_MS);
  await take(
    stage,
    browser,
    { workflowId, path: 'user-metadata', text: /The robot is running since/, height: 610 },
    file,
  );
  await run.cancel();
  await run.result();
};

export const succeededPicture: Picture = async (stage, browser, file) => {
  const workflowId = 'enter-invoice-4711';
  const input = inputOf(ENTER_INVOICE, { InvoiceNumber: '4711', Amount: 249.9 });
  await stage.flows.run(input, { workflowId });
  await take(stage, browser, { workflowId, path: 'history', text: /BookingNumber/, height: 630 }, file);
};

export const failedPicture: Picture = async (stage, browser, file) => {
  const workflowId = 'enter-order-4711';
  const input = inputOf(ENTER_ORDER, { Order: '4711' });
  const run = await stage.flows.start({ ...input, explainFailures: true }, { workflowId });
  await run.result();
  await take(stage, browser, { workflowId, path: 'history', text: /Element/, height: 630 }, file);
};
