"""A workflow of this service: the single operations, as activities of the worker of Power Automate."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from .wire import FlowOutputs, FlowRunStatus, FlowSession

TASK_QUEUE = "invoices-python"
# NotSpecified, Paused, Running, Waiting and Suspended. Codes that are not documented count as not ended, too.
ENDED = {4, 5, 7, 8, 9, 10, 11, 12, 13, 14}


@dataclass
class Order:
    # Of the worker of Power Automate.
    task_queue: str
    flow: dict[str, Any]
    patience_seconds: float


@workflow.defn
class EnterInvoice:
    @workflow.run
    async def run(self, order: Order) -> dict[str, Any] | None:
        self._task_queue = order.task_queue
        # It waits up to ten minutes for a robot of which the answer was lost. However often it is tried, one robot starts.
        session = await self._do("triggerFlowRun", order.flow, FlowSession, timedelta(minutes=10))
        try:
            robot = await asyncio.wait_for(self._ended(session), order.patience_seconds)
        except (asyncio.TimeoutError, asyncio.CancelledError):
            # Shielded, so that a cancelled workflow stops its robot as well.
            await asyncio.shield(self._do("cancelFlowRun", session))
            raise
        if robot.status != "Succeeded":
            raise ApplicationError(f"The robot ended as {robot.status}.", type=robot.status)
        return (await self._do("getFlowOutputs", session, FlowOutputs)).outputs

    async def _ended(self, session: FlowSession) -> FlowRunStatus:
        while True:
            robot = await self._do("getFlowRunStatus", session, FlowRunStatus)
            if robot.status_code in ENDED:
                return robot
            await asyncio.sleep(1)

    def _do(
        self, operation: str, argument: Any, result: type | None = None, timeout: timedelta = timedelta(minutes=3)
    ) -> workflow.ActivityHandle[Any]:
        return workflow.start_activity(
            operation,
            argument,
            result_type=result,
            task_queue=self._task_queue,
            start_to_close_timeout=timeout,
            heartbeat_timeout=timedelta(seconds=30),
        )
