package main

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

// execute runs a workflow of this service, with a worker on a task queue of its own, and tells how it ended.
func execute(ctx context.Context, c client.Client, name string, workflow, argument any) error {
	// A queue for this process alone lets several try the example at once. A service has one name for all its workers.
	ownQueue := name + "-go-" + uuid.NewString()
	w := worker.New(c, ownQueue, worker.Options{})
	w.RegisterWorkflow(workflow)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()

	options := client.StartWorkflowOptions{ID: name + "-" + uuid.NewString(), TaskQueue: ownQueue}
	run, err := c.ExecuteWorkflow(ctx, options, workflow, argument)
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
