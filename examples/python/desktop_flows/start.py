"""Starts a run by name, and waits until its robot has a flow session."""

from typing import Any
from uuid import uuid4

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from .wire import FlowSession, RunResult


async def start(
    client: Client, task_queue: str, flow: dict[str, Any]
) -> tuple[WorkflowHandle[Any, RunResult], FlowSession]:
    run = WithStartWorkflowOperation(
        "RunDesktopFlow",
        flow,
        # A service takes its own key, such as the number of an invoice: asking twice then starts one robot.
        id=f"desktop-flow-{uuid4()}",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=task_queue,
        result_type=RunResult,
    )
    # One request for start and update, so that the update also gets an answer from a run that ends at once.
    session = await client.execute_update_with_start_workflow(
        "awaitFlowSession", start_workflow_operation=run, result_type=FlowSession
    )
    return await run.workflow_handle(), session
