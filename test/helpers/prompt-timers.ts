/**
 * Dynamic configuration of the tests' dev servers. By default the server lets each timer fire up to a second late, and most
 * tests wait for one or for a retry.
 */
export const PROMPT_TIMERS = { 'history.timerProcessorMaxTimeShift': '10ms' };
