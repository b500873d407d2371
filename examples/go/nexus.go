package main

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

type Booking struct {
	Endpoint string
	Flow     any
}

// BookInvoice is a workflow of this service, in a namespace that the worker of Power Automate is not in.
func BookInvoice(ctx workflow.Context, booking Booking) (map[string]any, error) {
	flows := workflow.NewNexusClient(booking.Endpoint, "DesktopFlows")
	// Cancelling this workflow cancels the operation, which stops the robot.
	operation := flows.ExecuteOperation(ctx, "runDesktopFlow", booking.Flow, workflow.NexusOperationOptions{})
	var result RunResult
	err := operation.Get(ctx, &result)
	return result.Outputs, err
}

// nexus runs that workflow, with a worker on a task queue of its own.
func nexus(ctx context.Context, c client.Client, endpoint string, flow any) error {
	// A queue for this process alone lets several try the example at once. A service has one name for all its workers.
	ownQueue := "bookings-go-" + uuid.NewString()
	w := worker.New(c, ownQueue, worker.Options{})
	w.RegisterWorkflow(BookInvoice)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()

	options := client.StartWorkflowOptions{ID: "booking-" + uuid.NewString(), TaskQueue: ownQueue}
	run, err := c.ExecuteWorkflow(ctx, options, BookInvoice, Booking{Endpoint: endpoint, Flow: flow})
	if err != nil {
		return err
	}
	var outputs map[string]any
	err = run.Get(ctx, &outputs)
	var failure *temporal.ApplicationError
	if errors.As(err, &failure) {
		tell("failed", fields{"type": failure.Type(), "message": failure.Message()})
	}
	if err != nil {
		return err
	}
	tell("succeeded", fields{"outputs": outputs})
	return nil
}
