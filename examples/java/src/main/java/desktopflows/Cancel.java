package desktopflows;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.CanceledFailure;
import java.util.Map;

/** Cancels a run, which stops its robot. */
final class Cancel {
  private Cancel() {}

  static int cancel(WorkflowClient client, String taskQueue, Map<String, Object> flow) {
    Start started = Start.of(client, taskQueue, flow);
    Events.tell("started", Map.of("flowSessionId", started.session().flowSessionId()));
    started.run().cancel();
    try {
      // The run ends once Dataverse has said that the robot has stopped. Terminating it would leave the robot at work.
      started.run().getResult(Wire.RunResult.class);
    } catch (WorkflowFailedException error) {
      if (!(error.getCause() instanceof CanceledFailure)) throw error;
      Events.tell("cancelled", Map.of());
      return 0;
    }
    throw new IllegalStateException("The robot had ended before it was cancelled.");
  }
}
