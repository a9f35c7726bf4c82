"""What `osea rocket import` and `osea rocket export` do."""

from pathlib import Path
from typing import Any

from ...core import strict_yaml
from ...core.documents import load_document
from ...core.errors import InputError
from ...propulsion.solids.rasp import read_eng
from ...vehicle.small_rocket import SmallRocket
from .importer import import_ork
from .rocketpy import rocketpy_script


def run_import(path: Path, out: Path | None) -> tuple[dict[str, Any], str]:
    """An OpenRocket file as YAML; returns (summary as plain data, the same for people)."""
    rocket, lost = import_ork(path)
    out = out or path.with_suffix(".yaml")
    if out.exists():
        raise InputError(f"'{out}' is there already; give another name with --out")
    out.write_text(strict_yaml.dump(rocket.to_plain()), encoding="utf-8")
    data = {"status": "done", "file": str(out), "name": rocket.name, "left_out": list(lost), **_figures(rocket)}
    told = "".join(f"\n  left out  {line}" for line in lost)
    return data, f"{_as_text(rocket)}{told}\n\n  file  {out}"


def run_export(path: Path, motor: Path, out: Path | None) -> tuple[dict[str, Any], str]:
    """A small rocket's document as a RocketPy script, with the first motor of an .eng file."""
    rocket = load_document(SmallRocket, path)
    out = out or path.with_suffix(".py")
    if out.exists():
        raise InputError(f"'{out}' is there already; give another name with --out")
    motors = read_eng(motor)
    if not motors:
        raise InputError(f"'{motor}' holds no motor")
    out.write_text(rocketpy_script(rocket, motors[0]), encoding="utf-8")
    return {"status": "done", "file": str(out), **_figures(rocket)}, f"{_as_text(rocket)}\n\n  file  {out}"


def _figures(rocket: SmallRocket) -> dict[str, float]:
    return {
        "length_m": rocket.length,
        "diameter_m": rocket.diameter,
        "mass_kg": rocket.mass,
        "center_of_mass_m": rocket.center_of_mass,
        "center_of_pressure_m": rocket.center_of_pressure(),
    }


def _as_text(rocket: SmallRocket) -> str:
    f = _figures(rocket)
    return (
        f"{rocket.name}: {1e3 * f['length_m']:.1f} mm long, {1e3 * f['diameter_m']:.1f} mm wide\n"
        f"  without motor     {1e3 * f['mass_kg']:.1f} g, centre of mass {1e3 * f['center_of_mass_m']:.1f} mm behind the tip\n"
        f"  centre of pressure at Mach 0.3  {1e3 * f['center_of_pressure_m']:.1f} mm"
    )
