const { runRobot } = require('./run-robot');

runRobot({ workflowsPath: require.resolve('./workflows') }).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
