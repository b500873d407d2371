/** HOST: the activity `explainFlowRun`. */
import { activityInfo } from '@temporalio/activity';
import type { ExplainFlowRunInput } from '../common/activities';
import type { FlowRunExplanation } from '../common/explanation';
import { type ParsedExplainFlowRunInput, parseExplainFlowRunInput } from '../common/input';
import { atMost } from '../common/schema/parse';
import { explainRun } from '../explain/explain-run';
import type { ClientFor } from './support/dataverse-clients';
import { invalidInput } from './support/dataverse-failures';
import type { CreateActivitiesOptions } from './support/options';
import { readSecrets } from './support/secret-values';
import { sessionActivity } from './support/session-activity';

/** From the third try on, what cannot be read because Dataverse is out of reach is left out, and said. */
const PATIENT_TRIES = 2;

export function createExplainFlowRun(clientFor: ClientFor, { secrets }: CreateActivitiesOptions) {
  return sessionActivity<ExplainFlowRunInput, FlowRunExplanation, ParsedExplainFlowRunInput>(
    clientFor,
    parseExplainFlowRunInput,
    async (client, { flowSessionId, licenseCheck, secrets: names = [] }, signal) => {
      // What cannot be cut out must not be shown: without the values there is no explanation.
      const { values, problems } = await readSecrets(
        names.map((name) => ({ field: 'secrets', name })),
        secrets,
      );
      if (problems.length > 0) throw invalidInput(atMost(problems));
      const isPatient = activityInfo().attempt <= PATIENT_TRIES;
      const known = { licenseCheck, secrets: [...values.values()] };
      return explainRun(client, flowSessionId, { ...known, isPatient, signal });
    },
  );
}
