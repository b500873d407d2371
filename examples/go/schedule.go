package main

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// schedule has a Temporal Schedule start a robot every hour.
func schedule(ctx context.Context, c client.Client, taskQueue, id string, flow any) error {
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:   id,
		Spec: client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
		Action: &client.ScheduleWorkflowAction{
			// The Schedule adds the time to the id, so that each run has one of its own.
			ID:        id,
			Workflow:  "RunDesktopFlow",
			Args:      []any{flow},
			TaskQueue: taskQueue,
		},
		// For a robot that takes longer than the hour. SKIP leaves out every start that comes meanwhile: right where the
		// next robot does all that is there. BUFFER_ONE has one start wait until the robot has ended: right where nothing
		// may be left for the next hour. Neither lets two robots run at once, as ALLOW_ALL would.
		Overlap:            enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		TriggerImmediately: true,
	})
	if err != nil {
		return err
	}
	tell("scheduled", fields{"scheduleId": id})
	return nil
}
