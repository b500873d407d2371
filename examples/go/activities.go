package main

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

// activities runs the workflow of this service, with a worker on a task queue of its own.
func activities(ctx context.Context, c client.Client, taskQueue, patience string, flow any) error {
	limit, err := time.ParseDuration(patience + "s")
	if err != nil {
		return err
	}
	// A queue for this process alone lets several try the example at once. A service has one name for all its workers.
	ownQueue := "invoices-go-" + uuid.NewString()
	w := worker.New(c, ownQueue, worker.Options{})
	w.RegisterWorkflow(EnterInvoice)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()

	options := client.StartWorkflowOptions{ID: "invoice-" + uuid.NewString(), TaskQueue: ownQueue}
	run, err := c.ExecuteWorkflow(ctx, options, EnterInvoice, Order{TaskQueue: taskQueue, Flow: flow, Patience: limit})
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
