"""The chain document (`osea/chain/v1`): steps that are runs of their own, what passes between them, what is followed back."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Flag, Module, Reference
from ...core.quantity import ratio
from ...recovery.booster_return_document import Mode
from .values import pieces

Kind = Literal[
    "engine", "check", "design", "ascent", "disperse", "electrical", "messages", "bench", "package", "campaign",
]  # fmt: skip
RECORDED = ("check", "electrical", "messages", "bench", "package", "campaign")
"""Kinds that say a good deal in what their command prints by --json; every kind has that as its result 'summary'."""
_NEEDS = {"disperse": "runs"}


class Value(Document):
    """A number in what a step left behind.

    result: one of its ``results/*.json`` without the ending, or ``summary``: what its command prints by --json. value: the dotted
    path in it, lists by position (from 0, or from -1 backwards) or by an item's ``name``. factor: what it is multiplied by;
    over: a path in the same result that it is divided by.
    """

    step: str
    result: str
    value: str
    factor: Annotated[float, ratio(ge=-1e12, le=1e12)] = 1.0
    over: str | None = None


class Take(Value):
    """A field of a step's document that is set to another step's number, in SI; `tolerance`: how far the file's may lie off."""

    field: str = Field(description="dotted path in the document, lists by position or by an item's name")
    tolerance: Annotated[float, ratio(ge=0.0, le=10.0)] = 0.01


class Link(Value):
    """One line of the way back: a value, and what follows from it. unit: as shown, after `factor`."""

    name: str = Field(min_length=1)
    unit: str = ""
    note: str = ""


class Quick(Document):
    """What is other with --quick. skip: the step is left out, and what takes from it keeps its file's value."""

    skip: Flag = False
    runs: Count | None = None


class Step(Document):
    """One run. document: what it runs; of: steps whose run folders it works on; takes: fields set from steps before it.

    recover: of an ascent. runs, model: of a dispersion; runs also of a campaign. source: folder of the flight computer's C
    sources; recording: a folder with a bench's run, shown where no C compiler is. own: folder of the provider's own records.
    strict: of a check. aside: the step may end badly without the chain ending badly. title: in the report.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    run: Kind
    title: str = ""
    document: Reference[Module] | None = None
    of: tuple[str, ...] = ()
    takes: tuple[Take, ...] = ()
    quick: Quick = Quick()
    recover: Mode | None = None
    runs: Count | None = None
    model: Literal["point-mass", "six-dof"] = "point-mass"
    strict: Flag = True
    source: str | None = None
    recording: str | None = None
    own: str | None = None
    aside: Flag = False

    @property
    def label(self) -> str:
        """Its title, or its name."""
        return self.title or self.name

    @property
    def before(self) -> tuple[str, ...]:
        """The steps that it needs, each once."""
        return tuple(dict.fromkeys((*self.of, *(t.step for t in self.takes))))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.document is None) != (self.run == "package"):
            raise FieldError(
                "document", "a package has none, it is made of runs ('of')" if self.document else "name what is run"
            )
        if self.run == "package" and not self.of:
            raise FieldError("of", "name the runs that the package is made of")
        if self.run == "disperse" and self.runs is None:
            raise FieldError("runs", "say how many runs are flown")
        if self.run == "bench" and self.source is None:
            raise FieldError("source", "name the folder of the flight computer's sources")
        return self


class Chain(Module, schema="osea/chain/v1"):
    """One study that drives the disciplines. trace: from the last number back to the first, section "from … back to …".

    headline: the values that stand at the top of the report.
    """

    steps: tuple[Step, ...] = Field(min_length=1, max_length=60)
    trace_title: str = "From the result back to its cause"
    trace: tuple[Link, ...] = ()
    headline: tuple[Link, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        known: list[str] = []
        for i, step in enumerate(self.steps):
            if step.name in known:
                raise FieldError(f"steps.{i}.name", f"two steps are called '{step.name}'; give each a name of its own")
            for field, names in (("of", step.of), ("takes", tuple(t.step for t in step.takes))):
                for j, name in enumerate(names):
                    if name not in known:
                        where = f"steps.{i}.of" if field == "of" else f"steps.{i}.takes.{j}.step"
                        raise FieldError(where, f"there is no step '{name}' before this one; put it first")
            known.append(step.name)
        for field in ("trace", "headline"):
            for i, link in enumerate(getattr(self, field)):
                if link.step not in known:
                    raise FieldError(f"{field}.{i}.step", f"there is no step '{link.step}'; known: {', '.join(known)}")
                pieces(link.value)
        return self

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(s for s in self.steps if s.name == name)
