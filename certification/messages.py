"""A message set: that its vectors come back, that every message says whence and whither, and what its outputs leave out."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..avionics.generate import c99
from ..avionics.generate.build import GENERATORS, generate_all
from ..avionics.generate.writing import write_files
from ..avionics.inheritance import folded
from ..avionics.layout import layout
from ..avionics.layout_types import ResolvedField, ResolvedSet
from ..avionics.message_set import MessageSet
from ..core.documents import DocumentError, load_document
from ..core.errors import UndecidedError
from .judging import Examiner, Program, Seen, Verdict, listed
from .suites import Requirement, suites
from .vectors import answer, codecs_of, same_values, vectors

_PHYSICAL = ("float", "fixed")
_PERIODIC = ("telemetry", "can", "mil1553", "arinc429")


@dataclass(frozen=True)
class MessageSubject:
    """The file of a message set."""

    path: Path

    @cached_property
    def read(self) -> MessageSet | DocumentError:
        try:
            return load_document(MessageSet, self.path)
        except DocumentError as error:
            return error

    @cached_property
    def resolved(self) -> ResolvedSet:
        """Raises UndecidedError where the file cannot be read."""
        if isinstance(self.read, DocumentError):
            raise UndecidedError("not looked at: the message set cannot be read")
        return layout(self.read)


def message_examiner(path: Path, tidy: Callable[[str], str] = str) -> Examiner:
    """Of a message set's file."""
    return Examiner(suites()["MSG"], MessageSubject(path), PROGRAMS, tidy=tidy)


def _read(subject: MessageSubject, _: Requirement) -> Seen:
    if isinstance(subject.read, DocumentError):
        return listed([str(p) for p in subject.read.problems], "")
    fields = sum(len(m.fields) for m in subject.resolved.messages)
    return (
        Verdict.HOLDS,
        f"{len(subject.resolved.messages)} messages, {fields} fields, content {subject.resolved.input_hash[:16]}",
    )


def _round_trip(subject: MessageSubject, _: Requirement) -> Seen:
    codecs = codecs_of(subject.resolved)
    found = list(vectors(codecs))
    problems = []
    for v in found:
        back = answer(codecs, v.decode).get("values")
        if not same_values(v.values, back):
            problems.append(f"{v.message}: its values do not come back")
        elif answer(codecs, v.encode) != {"octets": v.octets.hex()}:
            problems.append(f"{v.message}: its octets do not come back")
    return listed(problems, f"{len(found)} vectors")


def _ends(subject: MessageSubject, _: Requirement) -> Seen:
    found = subject.resolved.messages
    problems = [
        f"{m.name} names no {'source' if not m.source else 'sinks'}" for m in found if not m.source or not m.sinks
    ]
    return listed(problems, f"{len(found)} messages")


def _units(subject: MessageSubject, _: Requirement) -> Seen:
    """A field that is scaled, calibrated or a floating number has a dimension, or says that it has none ("1")."""
    fields = [
        (m.name, f)
        for m in subject.resolved.messages
        for f in m.values
        if f.kind in _PHYSICAL or f.calibration is not None or (f.kind in ("int", "uint") and f.scale != 1.0)
    ]
    bare = [(name, f) for name, f in fields if not f.unit and not _pure_number(subject, name, f)]
    return listed([f"{name}.{f.name} has no unit" for name, f in bare], f"{len(fields)} fields")


def _pure_number(subject: MessageSubject, message: str, row: ResolvedField) -> bool:
    """Whether the file says that a field has no dimension: `unit: "1"`, which the layout leaves out."""
    value: Any = subject.read
    if row.path.endswith("extends"):  # inherited: by its name in the message as it is with all that it inherits
        value = {f.document.name: f.document for f in folded(value)}[message]
        for name in row.name.split("."):
            value = next((f for f in getattr(value, "fields", ()) if getattr(f, "name", None) == name), None)
    else:
        for step in row.path.split("."):
            value = value[int(step)] if isinstance(value, tuple) and step.isdigit() else getattr(value, step, None)
    return getattr(value, "unit", None) == "1"


def _outputs(subject: MessageSubject, _: Requirement) -> Seen:
    made = generate_all(subject.resolved)
    told = made.files["losses.txt"]
    unsaid = [str(loss) for loss in made.losses if str(loss) not in told]
    return listed(
        [f"{u} is not told" for u in unsaid], f"{len(GENERATORS)} outputs, {len(made.losses)} things told as left out"
    )


def _rates(subject: MessageSubject, _: Requirement) -> Seen:
    found = [m for m in subject.resolved.messages if m.kind in _PERIODIC]
    late = [f"{m.name} states no latency" for m in found if m.latency is None]
    if late:
        return listed(late, "")
    silent = [m.name for m in found if m.rate is None]
    if silent:  # an event has none
        return Verdict.UNKNOWN, f"no rate is stated of {', '.join(silent)}: not known whether they are periodic"
    return Verdict.HOLDS, f"{len(found)} messages"


def _c_code(subject: MessageSubject, _: Requirement) -> Seen:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return Verdict.UNKNOWN, "not looked at: there is no C compiler"
    output = c99.generate(subject.resolved)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_files(output.files, folder)
        sources = sorted(str(f.name) for f in folder.glob("*.c"))
        made = subprocess.run(  # noqa: S603 our own code by the compiler that was found
            [compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-o", "own_test", *sources, "-lm"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            return (
                Verdict.FAILS,
                f"it does not compile: {made.stderr.strip().splitlines()[0] if made.stderr.strip() else ''}",
            )
        ran = subprocess.run([folder / "own_test"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    last = (ran.stdout.strip() or ran.stderr.strip()).splitlines()[-1:] or [""]
    return (
        Verdict.HOLDS if ran.returncode == 0 else Verdict.FAILS
    ), f"C99 with -Wall -Wextra -Werror; its test says: {last[0]}"


PROGRAMS: dict[str, Program] = {
    "read": _read,
    "round_trip": _round_trip,
    "ends": _ends,
    "units": _units,
    "outputs": _outputs,
    "rates": _rates,
    "c_code": _c_code,
}
