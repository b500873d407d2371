package main

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// ended has the codes that end a robot. Codes that are not documented count as not ended, as NotSpecified (0), Paused (1),
// Running (2), Waiting (3) and Suspended (6) do.
var ended = []int{4, 5, 7, 8, 9, 10, 11, 12, 13, 14}

type Order struct {
	// TaskQueue is that of the worker of Power Automate.
	TaskQueue string
	Flow      any
	Patience  time.Duration
}

// EnterInvoice is a workflow of this service: the single operations, as activities of the worker of Power Automate.
func EnterInvoice(ctx workflow.Context, order Order) (map[string]any, error) {
	options := workflow.ActivityOptions{
		TaskQueue:           order.TaskQueue,
		StartToCloseTimeout: 3 * time.Minute,
		HeartbeatTimeout:    30 * time.Second,
	}
	ctx = workflow.WithActivityOptions(ctx, options)
	// It waits up to ten minutes for a robot of which the answer was lost. However often it is tried, one robot starts.
	options.StartToCloseTimeout = 10 * time.Minute
	var session FlowSession
	triggered := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), "triggerFlowRun", order.Flow)
	if err := triggered.Get(ctx, &session); err != nil {
		return nil, err
	}

	robot, err := awaitEnd(ctx, session, order.Patience)
	if err != nil {
		// Disconnected, so that a cancelled workflow stops its robot as well.
		stopping, _ := workflow.NewDisconnectedContext(ctx)
		if failed := workflow.ExecuteActivity(stopping, "cancelFlowRun", session).Get(stopping, nil); failed != nil {
			return nil, failed
		}
		return nil, err
	}
	if robot.Status != "Succeeded" {
		return nil, temporal.NewApplicationError(fmt.Sprintf("The robot ended as %s.", robot.Status), robot.Status)
	}
	var outputs FlowOutputs
	err = workflow.ExecuteActivity(ctx, "getFlowOutputs", session).Get(ctx, &outputs)
	return outputs.Outputs, err
}

func awaitEnd(ctx workflow.Context, session FlowSession, patience time.Duration) (FlowRunStatus, error) {
	var robot FlowRunStatus
	giveUpAt := workflow.Now(ctx).Add(patience)
	for {
		if err := workflow.ExecuteActivity(ctx, "getFlowRunStatus", session).Get(ctx, &robot); err != nil {
			return robot, err
		}
		if slices.Contains(ended, robot.StatusCode) {
			return robot, nil
		}
		if !workflow.Now(ctx).Before(giveUpAt) {
			return robot, temporal.NewApplicationError("The robot took too long.", "TookTooLong")
		}
		if err := workflow.Sleep(ctx, time.Second); err != nil {
			return robot, err
		}
	}
}
