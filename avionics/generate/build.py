"""Every output of one message set, written to a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import InputError
from ..layout_types import ResolvedSet
from . import c99, dbc, field_table, icd, json_schema, mavlink, wireshark, xtce
from .outputs import Loss, Output
from .writing import write_files

GENERATORS: dict[str, Callable[[ResolvedSet], Output]] = {
    "c99": c99.generate,
    "xtce": xtce.generate,
    "dbc": dbc.generate,
    "json-schema": json_schema.generate,
    "wireshark": wireshark.generate,
    "mavlink": mavlink.generate,
    "csv": field_table.generate,
}
OUTPUTS = (*GENERATORS, "icd")


@dataclass(frozen=True)
class Built:
    """Names of the files in the order they were made, and everything that some of them do not carry."""

    files: tuple[str, ...]
    losses: tuple[Loss, ...]


def generate_all(s: ResolvedSet, only: Sequence[str] = ()) -> Output:
    """The texts of all outputs, or of those in *only*, with losses.txt among them. Raises InputError for an unknown name."""
    unknown = sorted(set(only) - set(OUTPUTS))
    if unknown:
        raise InputError(f"there is no output '{unknown[0]}'; choose from {', '.join(OUTPUTS)}")
    files: dict[str, str] = {}
    losses: list[Loss] = []
    for name, generator in GENERATORS.items():
        if not only or name in only:
            output = generator(s)
            files |= output.files
            losses += output.losses
    if not only or "icd" in only:
        files |= icd.generate(s, tuple(losses)).files
    head = f"What the files made from {s.name} (content {s.input_hash}) do not carry:\n"
    files["losses.txt"] = head + "".join(f"{x}\n" for x in losses) if losses else "Nothing is lost.\n"
    return Output(files, tuple(losses))


def build(s: ResolvedSet, folder: Path, only: Sequence[str] = ()) -> Built:
    """Write all outputs of *s* into *folder*, which is made when missing; files of the same names are replaced, each whole."""
    output = generate_all(s, only)
    write_files(output.files, folder)
    return Built(tuple(output.files), output.losses)
