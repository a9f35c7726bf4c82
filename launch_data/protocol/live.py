"""The countdown: a clock that can hold, and events. The T clock is a plan; mission elapsed time counts from the real T-0."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.wire import Count, Name, Record, Text, Urn, Utc


class CountdownClock(Record):
    """The T clock at one instant. t_s is negative before T-0; while it holds, T-0 moves."""

    schema_: Annotated[Literal["osea/launch-data/countdown-clock/v1"], Field(alias="schema")]
    launch: Urn
    sequence: Count
    at: Utc
    t_s: float
    state: Annotated[str, Field(examples=["counting", "holding", "recycled", "scrubbed", "lifted-off"])]
    t0: Utc | None = None
    hold_reason: Name | None = None
    resumes_at: Utc | None = None


class CountdownEvent(Record):
    """Something that happened, or is due, on one of the two clocks."""

    schema_: Annotated[Literal["osea/launch-data/countdown-event/v1"], Field(alias="schema")]
    launch: Urn
    sequence: Count
    name: Annotated[
        str, Field(examples=["lift-off", "max-q", "MECO", "stage separation", "SECO", "payload separation", "landing"])
    ]
    at: Utc | None = None
    clock: Literal["T", "MET"]
    time_s: float
    text: Text | None = None
