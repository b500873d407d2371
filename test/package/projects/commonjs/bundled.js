/** What `build.js` bundles: it finds the bundle of the workflows beside its own. */
const path = require('node:path');
const { runRobot } = require('./run-robot');

runRobot({ workflowBundle: { codePath: path.join(__dirname, 'workflow-bundle.js') } }).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
