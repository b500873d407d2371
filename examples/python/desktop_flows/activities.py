"""Runs the workflow of this service, with a worker on a task queue of its own."""

from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from .events import tell
from .workflow import TASK_QUEUE, EnterInvoice, Order


async def activities(client: Client, task_queue: str, patience_seconds: str, flow: dict[str, Any]) -> int:
    order = Order(task_queue, flow, float(patience_seconds))
    # A queue for this process alone lets several try the example at once. A service takes TASK_QUEUE as it is.
    own_queue = f"{TASK_QUEUE}-{uuid4()}"
    async with Worker(client, task_queue=own_queue, workflows=[EnterInvoice]):
        try:
            outputs = await client.execute_workflow(
                EnterInvoice.run, order, id=f"invoice-{uuid4()}", task_queue=own_queue
            )
        except WorkflowFailureError as error:
            tell("failed", message=str(error.cause))
            return 1
    tell("succeeded", outputs=outputs)
    return 0
