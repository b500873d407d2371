"""What goes over the wire, as docs/results.md and docs/activities.md have it, in Python's spelling."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    # Fields that a newer worker adds are ignored, so that it may be updated before this service.
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class FlowSession(Wire):
    flow_session_id: str


class RunView(Wire):
    phase: str
    flow_session_id: str | None
    status: str | None
    attempt: int


class Attempt(FlowSession):
    """One robot that was started."""

    status_code: int
    status: str
    started_on: datetime | None = None
    completed_on: datetime | None = None
    error_code: str | None = None
    error_sub_code: str | None = None
    error_message: str | None = None
    stopped_for: str | None = None
    duplicates: list[str] = []


class LicenseCheck(Wire):
    code: str
    message: str | None = None


class RunResult(Attempt):
    outputs: dict[str, Any] | None
    attempts: list[Attempt]
    license_check: LicenseCheck | None = None


class DataverseAnswer(Wire):
    http_status: int | None = None
    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    retry_after_ms: int | None = None


class FailureDetails(Wire):
    """`details[0]` of a failed run: the part of a result that is known, and what the failure adds."""

    attempts: list[Attempt] = []
    flow_session_id: str | None = None
    status: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    origin: str | None = None
    deadline: str | None = None
    error_category: str | None = None
    dataverse: DataverseAnswer | None = None


class FlowRunStatus(FlowSession):
    status_code: int
    status: str


class FlowOutputs(Wire):
    outputs: dict[str, Any] | None
