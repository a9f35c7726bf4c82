"""A plant in a folder: what flies as JSON and one file of doubles, without the study that it came from."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import InputError
from ...trajectory.flight.case import Case
from ...trajectory.flight.layout import PH, ST, H, P
from ..document import Bench, Power
from ..plant import BenchPlant, Flying
from ..signals import INPUTS, SIGNALS

_ARRAYS = ("bank", "phases", "state", "parameters")


def layout_hash() -> str:
    """Of the names and places of everything in the vectors: another version may have others."""
    names = [t._fields for t in (H, PH, P, ST)] + [[s.name for s in SIGNALS], [s.name for s in INPUTS]]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def write_plant(folder: Path, bench: Bench, flying: Flying, seed: int) -> None:
    """`plant.json` and `plant.f64` in a folder."""
    case = flying.case
    arrays = [np.asarray(getattr(case, n), "<f8") for n in _ARRAYS]
    drawn = case.parameters if flying.parameters is None else flying.parameters
    empty = np.zeros(0) if flying.empty_mass is None else flying.empty_mass
    arrays += [np.asarray(drawn, "<f8"), np.asarray(empty, "<f8")]
    about = {
        "layout": layout_hash(), "version": version("osea-rocket"), "bench": bench.name, "names": list(case.names),
        "rate": bench.rate, "countdown": bench.countdown, "seed": seed, "manual": bench.manual_phases,
        "power": {name: float(getattr(bench.power, name)) for name in Power.model_fields},
        "shapes": [list(a.shape) for a in arrays],
    }  # fmt: skip
    (folder / "plant.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    (folder / "plant.f64").write_bytes(b"".join(a.tobytes() for a in arrays))


def read_plant(folder: Path) -> BenchPlant:
    """The plant of a folder, on the pad. Raises InputError for one of another version, or a damaged one."""
    try:
        about: dict[str, Any] = json.loads((folder / "plant.json").read_text(encoding="utf-8"))
        values = np.fromfile(folder / "plant.f64", "<f8")
        if about["layout"] != layout_hash():
            text = f"this plant is of osea-rocket {about['version']}, whose vectors are others; export it again"
            raise InputError(text)
        sizes = [int(np.prod(s)) for s in about["shapes"]]
        if sum(sizes) != len(values):
            raise InputError(f"{folder / 'plant.f64'} is damaged: {len(values)} numbers instead of {sum(sizes)}")
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"no plant in {folder}: {error}") from None
    pieces = np.split(values, np.cumsum(sizes)[:-1])
    bank, phases, state, parameters, drawn, empty = (
        p.reshape(s).copy() for p, s in zip(pieces, about["shapes"], strict=True)
    )
    case = Case(tuple(about["names"]), bank, phases, state, parameters)
    # a document's fields are quantities with units: these are SI already
    power = Power.model_construct(**about["power"])
    return BenchPlant(
        Flying(case, empty if empty.size else None, drawn), rate=about["rate"], countdown=about["countdown"],
        power=power, seed=about["seed"], manual=about["manual"],
    )  # fmt: skip
