"""What each message may hold, block by block: the tables of the Blue Books, read from `data/*.yaml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

KINDS = ("opm", "omm", "oem", "ocm", "rdm")


@dataclass(frozen=True)
class Field:
    """One keyword: its kind (text, number, integer, probability, date, epoch, frame, time_system, list), unit, duty."""

    keyword: str
    kind: str
    unit: str
    mandatory: bool


@dataclass(frozen=True)
class BlockGrammar:
    """One block: its keywords in the book's order, the pair of KVN markers (`TRAJ` for TRAJ_START), how often it may stand.

    one_of: groups of keywords of which exactly one stands. rows: the XML tag of its data lines, empty when it has none.
    """

    name: str
    fields: Mapping[str, Field]
    marker: str = ""
    required: bool = False
    repeats: bool = False
    user: bool = False
    rows: str = ""
    one_of: tuple[tuple[str, ...], ...] = ()

    def takes(self, keyword: str) -> bool:
        """Whether the keyword may stand in this block."""
        return keyword in self.fields or (self.user and keyword.startswith("USER_DEFINED_"))


@dataclass(frozen=True)
class Grammar:
    """One kind of message. `tables`: further lists of the book, such as the values of a line for each TRAJ_TYPE."""

    kind: str
    book: str
    versions: tuple[str, ...]
    blocks: tuple[BlockGrammar, ...]
    tables: Mapping[str, Any]

    @property
    def version_keyword(self) -> str:
        """The keyword of the first line."""
        return f"CCSDS_{self.kind.upper()}_VERS"

    def block(self, name: str) -> BlockGrammar:
        """The block of that name. KeyError when the message has none."""
        return next((b for b in self.blocks if b.name == name), None) or _missing(self.kind, name)

    @property
    def data(self) -> tuple[BlockGrammar, ...]:
        """The blocks after header and metadata."""
        return self.blocks[2:]


def _missing(kind: str, name: str) -> BlockGrammar:
    raise KeyError(f"{kind} has no block {name}")


@cache
def grammar(kind: str) -> Grammar:
    """The grammar of `opm`, `omm`, `oem`, `ocm` or `rdm`."""
    raw = _load(kind)
    known = {"message", "book", "versions", "blocks"}
    return Grammar(
        kind=raw["message"],
        book=raw["book"],
        versions=tuple(raw["versions"]),
        blocks=tuple(_block(b) for b in raw["blocks"]),
        tables={k: v for k, v in raw.items() if k not in known},
    )


@cache
def known_time_systems() -> frozenset[str]:
    """The time systems of 502.0-B-3, annex B."""
    return frozenset(_load("registry")["time_systems"])


@cache
def _frames() -> re.Pattern[str]:
    raw = _load("registry")
    return re.compile("|".join([*(re.escape(f) for f in raw["frames"]), *raw["numbered_frames"]]))


def is_known_frame(name: str) -> bool:
    """Whether a reference frame is in the registries that the books name."""
    return _frames().fullmatch(name.strip().upper().replace(" ", "")) is not None


def _load(name: str) -> dict[str, Any]:
    return yaml.safe_load(
        files(__name__.rpartition(".")[0]).joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    )


def _block(raw: dict[str, Any]) -> BlockGrammar:
    lines = list(raw.get("fields", ()))
    if "same_as" in raw:
        lines = [
            *raw.get("add", ()),
            *next(b for b in _load(raw["same_as"])["blocks"] if b["name"] == raw["name"])["fields"],
        ]
    fields = [_field(line) for line in lines]
    return BlockGrammar(
        name=raw["name"],
        fields={f.keyword: f for f in fields},
        marker=raw.get("marker", ""),
        required=raw.get("required", False),
        repeats=raw.get("repeats", False),
        user=raw.get("user", False),
        rows=raw.get("rows", ""),
        one_of=tuple(tuple(group) for group in raw.get("one_of", ())),
    )


def _field(line: str) -> Field:
    keyword, kind, *rest = line.split()
    return Field(keyword, kind, next((r for r in rest if r != "!"), ""), "!" in rest)
