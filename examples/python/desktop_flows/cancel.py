"""Cancels a run, which stops its robot."""

from typing import Any

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError

from .events import tell
from .start import start


async def cancel(client: Client, task_queue: str, flow: dict[str, Any]) -> int:
    handle, session = await start(client, task_queue, flow)
    tell("started", flowSessionId=session.flow_session_id)
    await handle.cancel()
    try:
        # The run ends once Dataverse has said that the robot has stopped. Terminating it would leave the robot at work.
        await handle.result()
    except WorkflowFailureError as error:
        if not isinstance(error.cause, CancelledError):
            raise
    tell("cancelled")
    return 0
