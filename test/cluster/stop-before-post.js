/**
 * Suspends the process that loads it (`node --require`), once, while it starts a robot: SIGSTOP to itself, in the very
 * moment of which a test needs to know what follows. `STOP_AT` says which:
 *
 * - `request`: the request is made, and no connection for it yet.
 * - `write`: everything was checked, and the bytes go to the system next.
 *
 * `STOP_MARK` is a file that exists from then on; where it exists already, nothing is suspended any more.
 */
const { writeFileSync } = require('node:fs');
const http = require('node:http');
const { TLSSocket } = require('node:tls');

const { STOP_AT, STOP_MARK } = process.env;
const IS_TRIGGER = /\/Microsoft\.Dynamics\.CRM\.RunDesktopFlow$/;

function suspend() {
  try {
    writeFileSync(STOP_MARK, '', { flag: 'wx' });
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGSTOP');
}

const { Agent, ClientRequest } = http;
const isTrigger = (request) => request instanceof ClientRequest && IS_TRIGGER.test(request.path ?? '');

/** Has the process suspended before each call of a method that `isMeant`. */
function before(prototype, method, isMeant) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    if (isMeant(this, ...args)) suspend();
    return original.apply(this, args);
  };
}

if (STOP_AT === 'request') {
  before(Agent.prototype, 'addRequest', (_agent, request) => isTrigger(request));
} else {
  // The worker writes it once the connection stands.
  const isWritten = (socket) =>
    !socket.connecting && !socket.secureConnecting && isTrigger(socket._httpMessage);
  for (const method of ['_write', '_writev']) before(TLSSocket.prototype, method, isWritten);
}
