"""The chain document (`osea/chain/v1`): steps that are runs of their own, what passes between them, what is followed back."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Flag, Module, Reference
from ...core.quantity import ratio
from ...recovery.booster_return_document import Mode

Kind = Literal[
    "engine", "check", "design", "ascent", "disperse", "land", "electrical", "messages", "bench", "package", "campaign",
    "certify",
]  # fmt: skip


class Divisor(Document):
    """What a value is divided by; left out, step and result are the value's own."""

    step: str | None = None
    result: str | None = None
    value: str


class Value(Document):
    """A number in what a step left behind.

    result: one of its ``results/*.json`` without the ending, or ``summary``: what its command prints by --json. value: the dotted
    path in it, lists by position (from 0, or from -1 backwards) or by an item's ``name``. factor: what it is multiplied by;
    over: what it is divided by.
    """

    step: str
    result: str
    value: str
    factor: Annotated[float, ratio(ge=-1e12, le=1e12)] = 1.0
    over: Divisor | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps that it is read from."""
        return (self.step, self.over.step) if self.over is not None and self.over.step is not None else (self.step,)


class Take(Value):
    """A field of a step's document that is set to another step's number, in SI; `tolerance`: how far the file's may lie off."""

    field: str = Field(description="dotted path in the document, lists by position or by an item's name")
    tolerance: Annotated[float, ratio(ge=0.0, le=10.0)] = 0.01


class Handed(Document):
    """Takes that several steps have in common; their fields are paths from a place that each step names."""

    name: str = Field(min_length=1)
    takes: tuple[Take, ...] = Field(min_length=1)


class HandedAt(Document):
    """A step's share of what is handed on. at: where in its document the fields begin ("vehicle"); left out, at its top."""

    handed: str
    at: str = ""


class Link(Value):
    """One line of the way back: a value, and what follows from it. unit: as shown, after `factor`."""

    name: str = Field(min_length=1)
    unit: str = ""
    note: str = ""


class Swap(Document):
    """Another module in the place of a part of a step's document: the same line, another file; or another value there."""

    field: str = Field(description="dotted path in the document, lists by position or by an item's name")
    module: Reference[Module] | None = None
    value: str | None = Field(default=None, description="instead of a module, as the file would have it: '68.48 t'")

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.module is None) == (self.value is None):
            raise FieldError("module", "a swap has either 'module', another file, or 'value'; give one of them")
        return self

    @property
    def new(self) -> Module | str:
        """What stands in the field."""
        found = self.module if self.module is not None else self.value
        assert found is not None  # one of them is given
        return found


class Quick(Document):
    """What is other with --quick. skip: the step is left out; document: another is run in its place, under title; recorded: of a
    bench, its recording is shown and nothing flown.

    What takes a value from a step that is left out or runs another document keeps its file's value.
    """

    skip: Flag = False
    recorded: Flag = False
    runs: Count | None = None
    document: Reference[Module] | None = None
    title: str = ""


class Step(Document):
    """One run. document: what it runs; swaps: its parts that are other modules here; of: steps whose run folders it works on;
    takes: fields set from steps before it, after the swaps.

    recover: of an ascent. runs, model: of a dispersion; runs also of a campaign and of landings. source: folder of the flight
    computer's C sources; recording: a folder with a bench's run, shown where no C compiler is. own: folder of the provider's own
    records. strict: of a check. place, level: what is certified, a file or a folder, and the level to be reached; signed with a
    key made for the run. aside: the step may end badly without the chain ending badly.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    run: Kind
    title: str = ""
    document: Reference[Module] | None = None
    swaps: tuple[Swap, ...] = ()
    of: tuple[str, ...] = ()
    takes: tuple[Take, ...] = ()
    takes_handed: tuple[HandedAt, ...] = ()
    quick: Quick = Quick()
    recover: Mode | None = None
    runs: Count | None = None
    model: Literal["point-mass", "six-dof"] = "point-mass"
    strict: Flag = True
    source: str | None = None
    recording: str | None = None
    own: str | None = None
    place: str | None = None
    level: Literal["bronze", "silver", "gold", "platinum"] = "bronze"
    aside: Flag = False

    @property
    def label(self) -> str:
        """Its title, or its name."""
        return self.title or self.name

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.run in ("package", "certify"):
            if self.document is not None:
                raise FieldError("document", f"a step '{self.run}' has none: it works on what 'of' or 'place' names")
        elif self.document is None:
            raise FieldError("document", "name what is run")
        if self.run == "certify" and self.place is None:
            raise FieldError("place", "name the file or folder that is certified")
        if self.run == "package" and not self.of:
            raise FieldError("of", "name the runs that the package is made of")
        if self.run in ("disperse", "land") and self.runs is None:
            raise FieldError("runs", "say how many runs are flown")
        if self.run == "bench" and self.source is None:
            raise FieldError("source", "name the folder of the flight computer's sources")
        return self


class Chain(Module, schema="osea/chain/v1"):
    """One study that drives the disciplines. trace: from the last number back to the first, section "from … back to …".

    headline: the values that stand at the top of the report. handed: takes that steps have in common.
    """

    handed: tuple[Handed, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1, max_length=60)
    trace_title: str = "From the result back to its cause"
    trace: tuple[Link, ...] = ()
    headline: tuple[Link, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        known: list[str] = []
        groups = [group.name for group in self.handed]
        for i, step in enumerate(self.steps):
            if step.name in known:
                raise FieldError(f"steps.{i}.name", f"two steps are called '{step.name}'; give each a name of its own")
            for j, share in enumerate(step.takes_handed):
                if share.handed not in groups:
                    text = f"nothing called '{share.handed}' is handed on; known: {', '.join(groups) or 'none'}"
                    raise FieldError(f"steps.{i}.takes_handed.{j}.handed", text)
            for name in self.before(step):
                if name not in known:
                    taken = [j for j, t in enumerate(step.takes) if name in t.needs]
                    where = f"steps.{i}.takes.{taken[0]}.step" if taken else f"steps.{i}"
                    raise FieldError(where, f"there is no step '{name}' before this one; put it first")
            known.append(step.name)
        for field in ("trace", "headline"):
            for i, link in enumerate(getattr(self, field)):
                for name in link.needs:
                    if name not in known:
                        raise FieldError(f"{field}.{i}.step", f"there is no step '{name}'; known: {', '.join(known)}")
        return self

    def takes(self, step: Step) -> tuple[Take, ...]:
        """All that a step takes, its shares of what is handed on with their whole paths."""
        shared = [
            take.evolve(field=f"{share.at}.{take.field}" if share.at else take.field)
            for share in step.takes_handed
            for group in self.handed
            if group.name == share.handed
            for take in group.takes
        ]
        return (*shared, *step.takes)

    def before(self, step: Step) -> tuple[str, ...]:
        """The steps that it needs, each once."""
        return tuple(dict.fromkeys((*step.of, *(n for t in self.takes(step) for n in t.needs))))

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(s for s in self.steps if s.name == name)
