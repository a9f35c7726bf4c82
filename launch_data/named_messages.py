"""The messages that a record of motion names, read strictly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..core.findings import Severity
from .ccsds.files import parse_messages
from .ccsds.message import Message
from .packaging.package import read_inside
from .protocol.dynamics import DataFile
from .protocol.rules.engine import walk


@dataclass(frozen=True)
class Named:
    """messages: read ones; problems: of files that are none, or that break a rule of their book."""

    messages: tuple[Message, ...]
    problems: tuple[str, ...]


def messages_of(folder: Path, record: Any) -> Named:
    """The CCSDS messages among the files of a record that stands in `folder`."""
    messages: list[Message] = []
    problems: list[str] = []
    for _, part in walk(record):
        if not isinstance(part, DataFile) or not part.format.startswith("CCSDS"):
            continue
        try:
            found = list(parse_messages(read_inside(folder, part.path), part.path))
        except InputError as error:
            problems.append(str(error).splitlines()[0])
            continue
        messages += found
        problems += [f.message for m in found for f in m.findings if f.severity == Severity.ERROR]
    return Named(tuple(messages), tuple(problems))
