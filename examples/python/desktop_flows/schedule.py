"""Has a Temporal Schedule start a robot every hour."""

from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from .events import tell


async def schedule(client: Client, task_queue: str, schedule_id: str, flow: dict[str, Any]) -> int:
    await client.create_schedule(
        schedule_id,
        Schedule(
            # The Schedule adds the time to the id, so that each run has one of its own.
            action=ScheduleActionStartWorkflow("RunDesktopFlow", flow, id=schedule_id, task_queue=task_queue),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))]),
            # For a robot that takes longer than the hour. SKIP leaves out every start that comes meanwhile: right where
            # the next robot does all that is there. BUFFER_ONE has one start wait until the robot has ended: right where
            # nothing may be left for the next hour. Neither lets two robots run at once, as ALLOW_ALL would.
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
        ),
        trigger_immediately=True,
    )
    tell("scheduled", scheduleId=schedule_id)
    return 0
