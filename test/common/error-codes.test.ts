import { explainRunError, noCandidateSubCode, RUN_ERROR_CODES } from '../../src/common/error-codes';

describe('the error codes of a run', () => {
  it.each([
    ['NoListenerConnected', 'notExecuted'],
    ['UnattendedUserSessionLocked', 'notExecuted'],
    ['SessionHasLoggedOff', 'maybePartlyExecuted'],
    ['WcfServerCrash', 'maybePartlyExecuted'],
    ['AttendedUserNotLoggedIn', 'needsPerson'],
    ['SessionCreationError', 'needsPerson'],
    ['AccountLockedOut', 'permanent'],
    ['DesktopFlowsActionTimeout', 'permanent'],
  ])('say of %s that it is %s', (code, category) => {
    expect(explainRunError(code)?.category).toBe(category);
    expect(explainRunError(code.toUpperCase())?.category).toBe(category);
  });

  it.each(['NewlyInvented', '', 'constructor', '__proto__', 'toString'])('know nothing of %j', (code) => {
    expect(explainRunError(code)).toBeUndefined();
  });

  it.each([...RUN_ERROR_CODES])(
    'tell what %s means and what helps, in a line',
    (code, { meaning, action }) => {
      expect(code).toMatch(/^\w+$/);
      expect(meaning).toMatch(/^[A-Z].{8,98}[^.\s]$/);
      expect(action).toMatch(/^[A-Z].{5,128}[^.\s]$/);
    },
  );
});

describe('the sub-code of NoCandidateMachine', () => {
  it.each([
    ['in JSON', ['{"innererror":{"code":"UnattendedUserSessionLocked"}}'], 'UnattendedUserSessionLocked'],
    ['in prose, in any case', ['none', 'because of uiflowalreadyrunning.'], 'UIFlowAlreadyRunning'],
    [
      'in the first text that has one',
      ['AttendedUserNotLoggedIn', 'UIFlowAlreadyRunning'],
      'AttendedUserNotLoggedIn',
    ],
  ])('is found %s', (_where, texts, code) => {
    expect(noCandidateSubCode(texts)).toBe(code);
  });

  it('is not read into a sentence or a longer word', () => {
    expect(
      noCandidateSubCode(['There is a user session on the machine.', 'NotUIFlowAlreadyRunningYet']),
    ).toBeUndefined();
    expect(noCandidateSubCode([])).toBeUndefined();
  });
});
