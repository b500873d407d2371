package desktopflows;

import desktopflows.Wire.FlowSession;
import io.temporal.client.ActivityClient;
import io.temporal.client.ActivityClientOptions;
import io.temporal.client.StartActivityOptions;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Starts a robot by a standalone activity: durably, without a workflow. */
final class Standalone {
  private Standalone() {}

  static int standalone(WorkflowClient client, String taskQueue, Map<String, Object> flow) {
    ActivityClient activities =
        ActivityClient.newInstance(
            client.getWorkflowServiceStubs(),
            ActivityClientOptions.newBuilder().setNamespace(client.getOptions().getNamespace()).build());
    // It waits up to ten minutes for a robot of which the answer was lost, and answers once the robot is started.
    FlowSession session =
        activities.execute(
            "triggerFlowRun",
            FlowSession.class,
            StartActivityOptions.newBuilder()
                .setId("robot-" + UUID.randomUUID())
                .setTaskQueue(taskQueue)
                .setStartToCloseTimeout(Duration.ofMinutes(10))
                .setHeartbeatTimeout(Duration.ofSeconds(30))
                .build(),
            flow);
    Events.tell("started", Map.of("flowSessionId", session.flowSessionId()));
    return 0;
  }
}
