package desktopflows;

import desktopflows.Wire.FlowRunStatus;
import desktopflows.Wire.FlowSession;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

public class EnterInvoiceImpl implements EnterInvoice {
  /**
   * Codes that are not documented count as not ended, as NotSpecified (0), Paused (1), Running (2), Waiting (3) and
   * Suspended (6) do.
   */
  private static final Set<Integer> ENDED = Set.of(4, 5, 7, 8, 9, 10, 11, 12, 13, 14);

  @Override
  public Map<String, Object> enter(Order order) {
    FlowRunActivities robots = activities(order, Duration.ofMinutes(3));
    // It waits up to ten minutes for a robot of which the answer was lost. However often it is tried, one robot starts.
    FlowSession session = activities(order, Duration.ofMinutes(10)).trigger(order.flow());
    FlowRunStatus robot;
    try {
      robot = awaitEnd(robots, session, Duration.ofSeconds(order.patienceSeconds()));
    } catch (TemporalFailure error) {
      // Detached, so that a cancelled workflow stops its robot as well.
      Workflow.newDetachedCancellationScope(() -> robots.cancel(session)).run();
      throw error;
    }
    if (!robot.status().equals("Succeeded"))
      throw ApplicationFailure.newFailure("The robot ended as " + robot.status() + ".", robot.status());
    return robots.outputs(session).outputs();
  }

  private static FlowRunStatus awaitEnd(FlowRunActivities robots, FlowSession session, Duration patience) {
    long giveUpAt = Workflow.currentTimeMillis() + patience.toMillis();
    while (true) {
      FlowRunStatus robot = robots.status(session);
      if (ENDED.contains(robot.statusCode())) return robot;
      if (Workflow.currentTimeMillis() >= giveUpAt)
        throw ApplicationFailure.newFailure("The robot took too long.", "TookTooLong");
      Workflow.sleep(Duration.ofSeconds(1));
    }
  }

  private static FlowRunActivities activities(Order order, Duration startToClose) {
    return Workflow.newActivityStub(
        FlowRunActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(order.taskQueue())
            .setStartToCloseTimeout(startToClose)
            .setHeartbeatTimeout(Duration.ofSeconds(30))
            .build());
  }
}
