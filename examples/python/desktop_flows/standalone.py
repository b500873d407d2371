"""Starts a robot by a standalone activity: durably, without a workflow."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from .events import tell
from .wire import FlowSession


async def standalone(client: Client, task_queue: str, flow: dict[str, Any]) -> int:
    # It waits up to ten minutes for a robot of which the answer was lost, and answers once the robot is started.
    session = await client.execute_activity(
        "triggerFlowRun",
        flow,
        id=f"robot-{uuid4()}",
        task_queue=task_queue,
        result_type=FlowSession,
        start_to_close_timeout=timedelta(minutes=10),
        heartbeat_timeout=timedelta(seconds=30),
    )
    tell("started", flowSessionId=session.flow_session_id)
    return 0
