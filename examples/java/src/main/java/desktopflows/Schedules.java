package desktopflows;

import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Has a Temporal Schedule start a robot every hour. */
final class Schedules {
  private Schedules() {}

  static int schedule(WorkflowClient client, String taskQueue, String id, Map<String, Object> flow) {
    ScheduleClient schedules =
        ScheduleClient.newInstance(
            client.getWorkflowServiceStubs(),
            ScheduleClientOptions.newBuilder().setNamespace(client.getOptions().getNamespace()).build());
    ScheduleActionStartWorkflow action =
        ScheduleActionStartWorkflow.newBuilder()
            .setWorkflowType("RunDesktopFlow")
            .setArguments(flow)
            // The Schedule adds the time to the id, so that each run has one of its own.
            .setOptions(WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(taskQueue).build())
            .build();
    // For a robot that takes longer than the hour. SKIP leaves out every start that comes meanwhile: right where the
    // next robot does all that is there. BUFFER_ONE has one start wait until the robot has ended: right where nothing
    // may be left for the next hour. Neither lets two robots run at once, as ALLOW_ALL would.
    SchedulePolicy policy =
        SchedulePolicy.newBuilder()
            .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
            .build();
    schedules.createSchedule(
        id,
        Schedule.newBuilder()
            .setAction(action)
            .setSpec(
                ScheduleSpec.newBuilder()
                    .setIntervals(List.of(new ScheduleIntervalSpec(Duration.ofHours(1))))
                    .build())
            .setPolicy(policy)
            .build(),
        ScheduleOptions.newBuilder().setTriggerImmediately(true).build());
    Events.tell("scheduled", Map.of("scheduleId", id));
    return 0;
  }
}
