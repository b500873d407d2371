package main

import (
	"context"
	"errors"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// cancelFlow cancels a run, which stops its robot.
func cancelFlow(ctx context.Context, c client.Client, taskQueue string, flow any) error {
	run, session, err := start(ctx, c, taskQueue, flow)
	if err != nil {
		return err
	}
	tell("started", fields{"flowSessionId": session.FlowSessionID})
	if err := c.CancelWorkflow(ctx, run.GetID(), ""); err != nil {
		return err
	}
	// The run ends once Dataverse has said that the robot has stopped. Terminating it would leave the robot at work.
	err = run.Get(ctx, nil)
	var cancelled *temporal.CanceledError
	if err != nil && !errors.As(err, &cancelled) {
		return err
	}
	if err == nil {
		return errors.New("the robot had ended before it was cancelled")
	}
	tell("cancelled", nil)
	return nil
}
