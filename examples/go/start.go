package main

import (
	"context"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// start starts a run by name, and waits until its robot has a flow session.
func start(ctx context.Context, c client.Client, taskQueue string, flow any) (client.WorkflowRun, FlowSession, error) {
	var session FlowSession
	operation := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		// A service takes its own key, such as the number of an invoice: asking twice then starts one robot.
		ID:                       "desktop-flow-" + uuid.NewString(),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TaskQueue:                taskQueue,
	}, "RunDesktopFlow", flow)
	// One request for start and update, so that the update also gets an answer from a run that ends at once.
	update, err := c.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName:   "awaitFlowSession",
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		return nil, session, err
	}
	if err := update.Get(ctx, &session); err != nil {
		return nil, session, err
	}
	run, err := operation.Get(ctx)
	return run, session, err
}
