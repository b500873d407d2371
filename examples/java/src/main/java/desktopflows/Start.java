package desktopflows;

import desktopflows.Wire.FlowSession;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import java.util.Map;
import java.util.UUID;

/** Starts a run by name, and waits until its robot has a flow session. */
record Start(WorkflowStub run, FlowSession session) {
  static Start of(WorkflowClient client, String taskQueue, Map<String, Object> flow) {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            "RunDesktopFlow",
            WorkflowOptions.newBuilder()
                // A service takes its own key, such as the number of an invoice: asking twice then starts one robot.
                .setWorkflowId("desktop-flow-" + UUID.randomUUID())
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setTaskQueue(taskQueue)
                .build());
    // One request for start and update, so that the update also gets an answer from a run that ends at once.
    FlowSession session =
        run.executeUpdateWithStart(
            UpdateOptions.newBuilder(FlowSession.class)
                .setUpdateName("awaitFlowSession")
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build(),
            new Object[] {},
            new Object[] {flow});
    return new Start(run, session);
  }
}
