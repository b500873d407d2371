/**
 * For tests on the time-skipping server, beside a server of its own for each: on a loaded machine it now and then stops
 * to skip for good, and with it whatever test comes next. The first failure is shown all the same.
 */
export function giveSecondTry(): void {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
