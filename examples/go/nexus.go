package main

import (
	"context"

	"go.temporal.io/sdk/client"
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

// nexus runs that workflow.
func nexus(ctx context.Context, c client.Client, endpoint string, flow any) error {
	return execute(ctx, c, "booking", BookInvoice, Booking{Endpoint: endpoint, Flow: flow})
}
