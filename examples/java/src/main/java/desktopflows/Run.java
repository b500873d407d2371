package desktopflows;

import desktopflows.Wire.FailureDetails;
import desktopflows.Wire.RunResult;
import desktopflows.Wire.RunView;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalException;
import java.time.Duration;
import java.util.Map;

/** Runs a desktop flow: its session, its live view, and its end, good or bad. */
final class Run {
  private Run() {}

  static int run(WorkflowClient client, String taskQueue, Map<String, Object> flow) {
    try {
      Start started = Start.of(client, taskQueue, flow);
      Events.tell("started", Map.of("flowSessionId", started.session().flowSessionId()));

      RunView view = started.run().query("desktopFlowRun", RunView.class);
      Events.tell(
          "view",
          Map.of("phase", view.phase(), "flowSessionId", view.flowSessionId(), "attempt", view.attempt()));

      RunResult result = started.run().getResult(RunResult.class);
      Duration duration = Duration.between(result.startedOn(), result.completedOn());
      Events.tell(
          "succeeded",
          Events.fields(
              "outputs", result.outputs(),
              "seconds", duration.toMillis() / 1000.0,
              "robots", result.attempts().size()));
      return 0;
    } catch (WorkflowUpdateException | WorkflowFailedException error) {
      return tellFailure(error);
    }
  }

  /** Decides by the type of the failure, never by its message. */
  private static int tellFailure(TemporalException error) {
    if (!(error.getCause() instanceof ApplicationFailure failure)) throw error;
    switch (failure.getType()) {
      case "DesktopFlowFaulted" -> {
        // The robot ended badly, or the run gave up. `origin` says which.
        FailureDetails details = failure.getDetails().get(0, FailureDetails.class);
        Events.tell(
            "faulted",
            Events.fields(
                "origin", details.origin(),
                "errorCode", details.errorCode(),
                "errorMessage", details.errorMessage(),
                "robots", robots(details)));
      }
      case "TriggerOutcomeUnknown" -> {
        // A robot may be at work. Do not start another: have somebody look in Power Automate first.
        FailureDetails details = failure.getDetails().get(0, FailureDetails.class);
        Events.tell(
            "unknown",
            Events.fields("message", failure.getOriginalMessage(), "robots", robots(details)));
      }
      default -> throw error;
    }
    return 1;
  }

  private static int robots(FailureDetails details) {
    return details.attempts() == null ? 0 : details.attempts().size();
  }
}
