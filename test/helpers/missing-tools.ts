/** Tests that need tools which a developer of the worker may not have. */

/**
 * `describe` where nothing is missing. Otherwise it says what is not tested, or fails where the variable is 1.
 * @param missing the tools, as the end of a sentence; empty where all are there
 */
export function describeUnlessMissing(
  missing: string,
  whatIsNotTested: string,
  variable: string,
): jest.Describe {
  if (missing === '') return describe;
  const message = `${whatIsNotTested} is not tested: this machine has no ${missing}.`;
  if (process.env[variable] === '1') throw new Error(`${message} ${variable} is 1.`);
  console.warn(message);
  return describe.skip;
}
