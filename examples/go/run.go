package main

import (
	"context"
	"errors"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// runFlow runs a desktop flow: its session, its live view, and its end, good or bad.
func runFlow(ctx context.Context, c client.Client, taskQueue string, flow any) error {
	run, session, err := start(ctx, c, taskQueue, flow)
	if err != nil {
		return tellFailure(err)
	}
	tell("started", fields{"flowSessionId": session.FlowSessionID})

	answer, err := c.QueryWorkflow(ctx, run.GetID(), "", "desktopFlowRun")
	if err != nil {
		return err
	}
	var view RunView
	if err := answer.Get(&view); err != nil {
		return err
	}
	tell("view", fields{"phase": view.Phase, "flowSessionId": view.FlowSessionID, "attempt": view.Attempt})

	var result RunResult
	if err := run.Get(ctx, &result); err != nil {
		return tellFailure(err)
	}
	seconds := result.CompletedOn.Sub(*result.StartedOn).Seconds()
	tell("succeeded", fields{"outputs": result.Outputs, "seconds": seconds, "robots": len(result.Attempts)})
	return nil
}

// tellFailure decides by the type of the failure, never by its message.
func tellFailure(err error) error {
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) {
		return err
	}
	var details FailureDetails
	if failure.HasDetails() {
		if err := failure.Details(&details); err != nil {
			return err
		}
	}
	switch failure.Type() {
	case "DesktopFlowFaulted":
		// The robot ended badly, or the run gave up. Origin says which.
		tell("faulted", fields{
			"origin":       details.Origin,
			"errorCode":    details.ErrorCode,
			"errorMessage": details.ErrorMessage,
			"robots":       len(details.Attempts),
		})
	case "TriggerOutcomeUnknown":
		// A robot may be at work. Do not start another: have somebody look in Power Automate first.
		tell("unknown", fields{"message": failure.Message(), "robots": len(details.Attempts)})
	}
	return err
}
