package main

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
)

// standalone starts a robot by a standalone activity: durably, without a workflow.
func standalone(ctx context.Context, c client.Client, taskQueue string, flow any) error {
	handle, err := c.ExecuteActivity(ctx, client.StartActivityOptions{
		ID:        "robot-" + uuid.NewString(),
		TaskQueue: taskQueue,
		// It waits up to ten minutes for a robot of which the answer was lost, and answers once the robot is started.
		StartToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:    30 * time.Second,
	}, "triggerFlowRun", flow)
	if err != nil {
		return err
	}
	var session FlowSession
	if err := handle.Get(ctx, &session); err != nil {
		return err
	}
	tell("started", fields{"flowSessionId": session.FlowSessionID})
	return nil
}
