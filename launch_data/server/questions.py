"""The parameters of requests, each with its form; what is not listed here is refused."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ...core.errors import InputError
from ...core.wire import Urn
from ..protocol.kinds import KINDS, kind_name
from ..store.access import instant

KIND_NAMES = tuple(sorted(kind_name(m) for m in KINDS.values()))
KindName = Annotated[str, AfterValidator(lambda v: _known(v)), Field(json_schema_extra={"enum": list(KIND_NAMES)})]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


_UTC = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$"  # of the document


def _known(kind: str) -> str:
    if kind not in KIND_NAMES:
        raise ValueError(f"no kind of record; use one of {', '.join(KIND_NAMES)}")
    return kind


def _when(text: Any) -> int:
    if not isinstance(text, str) or not text.endswith("Z") or len(text) > 40:
        raise ValueError("a time is UTC and ends with Z, as in 2027-03-01T12:00:00Z")
    try:
        return instant(text)
    except InputError as error:
        raise ValueError(error.message) from None


When = Annotated[
    int, BeforeValidator(_when), WithJsonSchema({"type": "string", "format": "date-time", "pattern": _UTC})
]  # nanoseconds, as the store keeps it


class Strict(BaseModel):
    """Parameters of which none is passed over: a name that is not known is an error."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PageQuestion(Strict):
    """A page of a list."""

    limit: Annotated[int, Field(ge=1, le=100, description="Records a page.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=1000, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before.")
    ] = None


class LaunchQuestion(PageQuestion):
    """Which launches. Times compare with T-0."""

    issuer: Annotated[Urn | None, Field(description="Who issued them.")] = None
    state: Annotated[Word | None, Field(description="State of the launch, or name of a countdown event.")] = None
    status: Annotated[Word | None, Field(description="predicted, planned, actual or corrected.")] = None
    about: Annotated[
        Urn | None,
        Field(description="A record that they name: provider, pad, vehicle type or item, payload, mission."),
    ] = None
    from_: Annotated[When | None, Field(alias="from", description="Not before.")] = None
    to: Annotated[When | None, Field(description="Before.")] = None
    as_of: Annotated[When | None, Field(description="The list as it was at this time.")] = None
    order: Annotated[Literal["time", "-time"], Field(description="By time, or backwards.")] = "time"

    def filters(self) -> dict[str, Any]:
        """The filters of the store that were given."""
        found: dict[str, Any] = {}
        for name in ("issuer", "state", "status", "about", "kind", "launch", "to", "as_of"):
            if (value := getattr(self, name, None)) is not None:
                found[name] = value
        return found if self.from_ is None else found | {"from": self.from_}


class RecordQuestion(LaunchQuestion):
    """Which records. Times compare with that of the record: T-0, epoch, touchdown, …, else when it was issued."""

    kind: Annotated[KindName | None, Field(description="Kind of record.")] = None
    launch: Annotated[Urn | None, Field(description="The launch that they are about.")] = None


class OneQuestion(Strict):
    """Which revision of a record: the newest, one by number, or the newest at a time."""

    revision: Annotated[int | None, Field(ge=1, le=(1 << 31) - 1)] = None
    as_of: Annotated[When | None, Field(description="As it was recorded at this time.")] = None


class FeedQuestion(Strict):
    """What is told. Without `after`, and without the header Last-Event-ID, all from the first on."""

    kind: KindName | None = None
    launch: Urn | None = None
    after: Annotated[
        str | None,
        Field(pattern=r"^([0-9a-f]{32}|latest)$", description="An event's id, or `latest` for what comes from now on."),
    ] = None


class LaunchFeedQuestion(Strict):
    """What is told of a launch."""

    kind: KindName | None = None
    after: Annotated[
        str | None,
        Field(pattern=r"^([0-9a-f]{32}|latest)$", description="An event's id, or `latest` for what comes from now on."),
    ] = None


class AuditQuestion(Strict):
    """Which lines of the audit log."""

    after: Annotated[int, Field(ge=0, lt=1 << 63)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
