"""Calls the Nexus operation from a workflow of this service, in a namespace that the worker of Power Automate is not in."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, NexusOperationError
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    import nexusrpc

    from .events import tell
    from .wire import RunResult

TASK_QUEUE = "bookings-python"


@nexusrpc.service(name="DesktopFlows")
class DesktopFlows:
    run_desktop_flow: nexusrpc.Operation[dict[str, Any], RunResult] = nexusrpc.Operation(name="runDesktopFlow")


@dataclass
class Booking:
    endpoint: str
    flow: dict[str, Any]


@workflow.defn
class BookInvoice:
    @workflow.run
    async def run(self, booking: Booking) -> dict[str, Any] | None:
        flows = workflow.create_nexus_client(service=DesktopFlows, endpoint=booking.endpoint)
        # Cancelling this workflow cancels the operation, which stops the robot.
        result = await flows.execute_operation(DesktopFlows.run_desktop_flow, booking.flow)
        return result.outputs


async def nexus(client: Client, _task_queue: str, endpoint: str, flow: dict[str, Any]) -> int:
    # A queue for this process alone lets several try the example at once. A service takes TASK_QUEUE as it is.
    own_queue = f"{TASK_QUEUE}-{uuid4()}"
    async with Worker(client, task_queue=own_queue, workflows=[BookInvoice]):
        try:
            outputs = await client.execute_workflow(
                BookInvoice.run, Booking(endpoint, flow), id=f"booking-{uuid4()}", task_queue=own_queue
            )
        except WorkflowFailureError as error:
            operation = error.cause
            run = operation.cause if isinstance(operation, NexusOperationError) else operation
            tell("failed", type=run.type if isinstance(run, ApplicationError) else None, message=str(run))
            return 1
    tell("succeeded", outputs=outputs)
    return 0
