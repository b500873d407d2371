"""Runs a desktop flow: its session, its live view, and its end, good or bad."""

from typing import Any

from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from .events import tell
from .start import start
from .wire import FailureDetails, RunView


async def run(client: Client, task_queue: str, flow: dict[str, Any]) -> int:
    try:
        handle, session = await start(client, task_queue, flow)
        tell("started", flowSessionId=session.flow_session_id)
        view = await handle.query("desktopFlowRun", result_type=RunView)
        tell("view", phase=view.phase, flowSessionId=view.flow_session_id, attempt=view.attempt)
        result = await handle.result()
    except (WorkflowUpdateFailedError, WorkflowFailureError) as error:
        return tell_failure(error.cause)
    seconds = (result.completed_on - result.started_on).total_seconds()
    tell("succeeded", outputs=result.outputs, seconds=seconds, robots=len(result.attempts))
    return 0


def tell_failure(cause: BaseException) -> int:
    """Decides by the type of the failure, never by its message."""
    match cause:
        case ApplicationError(type="DesktopFlowFaulted"):
            # The robot ended badly, or the run gave up. `origin` says which.
            details = FailureDetails.model_validate(cause.details[0])
            tell(
                "faulted",
                origin=details.origin,
                errorCode=details.error_code,
                errorMessage=details.error_message,
                robots=len(details.attempts),
            )
        case ApplicationError(type="TriggerOutcomeUnknown"):
            # A robot may be at work. Do not start another: have somebody look in Power Automate first.
            details = FailureDetails.model_validate(cause.details[0])
            tell("unknown", message=cause.message, robots=len(details.attempts))
        case _:
            raise cause
    return 1
