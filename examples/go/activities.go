package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"
)

// activities runs the workflow of this service that calls the single operations.
func activities(ctx context.Context, c client.Client, taskQueue, patience string, flow any) error {
	limit, err := time.ParseDuration(patience + "s")
	if err != nil {
		return err
	}
	return execute(ctx, c, "invoice", EnterInvoice, Order{TaskQueue: taskQueue, Flow: flow, Patience: limit})
}
