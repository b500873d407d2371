/** DEVELOPMENT: pictures of the command: what it really writes to a terminal, shown by a terminal in a browser. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { CONNECTION, type Picture } from './stage';
import { openTerminal, type Screen } from './terminal';

/** As many as the longest line of the doctor has here. */
const COLUMNS = 138;

/** Colours of a dark terminal, with enough contrast on a page of either kind. */
const THEME = { background: '#1b1f24', foreground: '#d6dde4', cursor: '#1b1f24' };

async function take(browser: Browser, screens: readonly Screen[], file: string): Promise<void> {
  const tab = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await tab.setContent('<main></main>');
  const style = await readFile(require.resolve('@xterm/xterm/css/xterm.css'), 'utf8');
  const frame = `main { width: max-content } .screen { background: ${THEME.background}; padding: 14px; margin-bottom: 10px; border-radius: 8px } .screen:last-child { margin: 0 }`;
  await tab.addStyleTag({ content: `${style} ${frame} .xterm-viewport { overflow: hidden !important }` });
  await tab.addScriptTag({ path: require.resolve('@xterm/xterm/lib/xterm.js') });
  for (const screen of screens) await tab.evaluate(`(${show})(${JSON.stringify(screen)})`);
  await tab.locator('main').screenshot({ path: file });
  await tab.close();
}

/** Runs in the page: writes what the command wrote, and takes away the lines that it did not reach. */
const show = `async ({ command, written }) => {
  const element = document.querySelector('main').appendChild(document.createElement('div'));
  element.className = 'screen';
  const options = { cols: ${COLUMNS}, rows: 60, scrollback: 0, fontSize: 13, fontFamily: 'DejaVu Sans Mono, monospace', cursorInactiveStyle: 'none' };
  const terminal = new Terminal({ ...options, theme: ${JSON.stringify(THEME)} });
  terminal.open(element);
  const write = (text) => new Promise((resolve) => terminal.write(text, resolve));
  await write('\\x1b[1m$ ' + command + '\\x1b[0m\\r\\n' + written.trimEnd());
  terminal.resize(${COLUMNS}, terminal.buffer.active.cursorY + 1);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}`;

export const runPicture: Picture = async ({ environment }, browser, file) => {
  const args = ['run', '--flow', 'Enter invoice', '--connection', CONNECTION, '--mode', 'unattended'];
  args.push('--input', 'InvoiceNumber=4712', '--input', 'Amount=249.90');
  const terminal = openTerminal(args, { columns: COLUMNS, environment });
  const atWork = await terminal.sees(/on Robot 7 since/);
  const ended = await terminal.ended();
  await take(browser, [atWork, ended], file);
};

/** A set-up that is right but for one thing. */
export const doctorPicture: Picture = async ({ emulator, environment }, browser, file) => {
  emulator.breakSetUp('noCancelPrivilege');
  const args = ['doctor', '--flow', 'Pay invoice', '--connection', CONNECTION];
  const examined = await openTerminal(args, { columns: COLUMNS, environment }).ended();
  emulator.breakSetUp([]);
  await take(browser, [examined], file);
};
