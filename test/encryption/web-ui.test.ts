/** Temporal's web UI in a real browser: what it shows of an encrypted run, without the codec server and with it. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { launchBrowser } from '../../tools/browser';
import { type RunningProcess, startProgram } from '../helpers/built-process';
import { itTakesLong } from '../helpers/long-tests';
import { keys, newKey, type Stage, setStage } from './stage';

const KEYS = keys(newKey('k1'));
/** The glasses, which are named after what they show: that nothing is configured, that it works, that it does not. */
const CODEC_SERVER_SETTINGS = /codec server/i;

/** As the page shows bytes that it cannot read. */
const SEALED = /"[A-Za-z0-9+/]{40}/;

const SHOWN_WITHIN_MS = 30_000;

const MARKS = ['MarkInputValue', 'MarkOutputValue'];

let closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function startCodecServer(port: number, origin: string): Promise<RunningProcess> {
  const server = await startProgram(
    { file: 'cli/main.js', args: ['codec-server'] },
    { ...KEYS, CODEC_SERVER_PORT: String(port), CODEC_SERVER_ORIGINS: origin },
    'The codec server is ready',
  );
  closers.push(() => server.end('SIGTERM'));
  return server;
}

/** Of an invoice with a mark in its input and in its outputs, which has ended. */
async function encryptedRun(stage: Stage): Promise<string> {
  const flowId = randomUUID();
  stage.emulator.addFlow({ id: flowId, name: 'Pay', duration: 0, result: { Paid: 'MarkOutputValue' } });
  await stage.worker(KEYS);
  const workflowId = `invoice-${randomUUID()}`;
  const input = {
    flowId,
    connectionName: 'robots',
    runMode: 'unattended',
    inputs: { Payee: 'MarkInputValue' },
  };
  const options = { args: [input], taskQueue: stage.taskQueue, workflowId };
  await stage.client(KEYS).workflow.execute('RunDesktopFlow', options);
  return workflowId;
}

async function openRun(browser: Browser, uiUrl: string, workflowId: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${uiUrl}/namespaces/default/workflows/${workflowId}`);
  await page.waitForURL(/\/workflows\/[^/]+\/[\w-]{36}\//);
  await page.getByText('RunDesktopFlow').first().waitFor();
  return page;
}

async function marksOn(page: Page): Promise<string[]> {
  const content = await page.content();
  return MARKS.filter((mark) => content.includes(mark));
}

/** As docs/encryption.md tells. */
async function nameCodecServer(page: Page, url: string): Promise<void> {
  await page.getByRole('button', { name: CODEC_SERVER_SETTINGS }).first().click();
  await page.getByText('Use my browser setting').click();
  await page.getByPlaceholder('Paste your endpoint here').fill(url);
  await page.getByRole('button', { name: 'Apply' }).click();
}

itTakesLong(
  'shows inputs and outputs in clear text by the codec server alone, to a page of the origin that it names',
  async () => {
    const stage = await setStage({ ui: true });
    closers.push(() => stage.close());
    const { uiUrl = '' } = stage.server;
    const workflowId = await encryptedRun(stage);
    const browser = await launchBrowser();
    closers.push(() => browser.close());
    const [ours, others] = [await freePort(), await freePort()];
    const server = await startCodecServer(ours, uiUrl);
    await startCodecServer(others, 'https://temporal.example');

    const page = await openRun(browser, uiUrl, workflowId);
    await page.getByText(SEALED).first().waitFor({ timeout: SHOWN_WITHIN_MS });
    expect(await marksOn(page)).toEqual([]);

    const refused = page.waitForEvent('console', (message) => message.text().includes('CORS'));
    await nameCodecServer(page, `http://127.0.0.1:${others}`);
    await page.reload();
    await refused;
    expect(await marksOn(page)).toEqual([]);

    await nameCodecServer(page, `http://127.0.0.1:${ours}`);
    await page.reload();
    for (const mark of MARKS) await page.getByText(mark).first().waitFor({ timeout: SHOWN_WITHIN_MS });
    expect(MARKS.filter((mark) => server.log().includes(mark))).toEqual([]);
  },
  180_000,
);
