/**
 * Orders the test files: those first that wait for servers and processes. Jest alone goes by size in a fresh clone, and
 * would have the longest of them begin when all others have ended.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders of test/, those of the longest files first. */
const WAITING = [
  'integration',
  'replay',
  'workflows',
  'examples',
  'package',
  'chaos',
  'cli',
  'camunda',
  'plugin',
  'docs',
  'encryption',
  'storage',
  'callback',
  'health',
  'tracing',
  'nexus',
  'doctor',
  'testing',
  'tools',
];

function rankOf({ path }) {
  const index = WAITING.findIndex((folder) => path.replaceAll('\\', '/').includes(`/test/${folder}/`));
  return index < 0 ? WAITING.length : index;
}

module.exports = class WaitingFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.sort((one, other) => rankOf(one) - rankOf(other));
  }
};
