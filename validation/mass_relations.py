"""Mass-estimating relations: Akin's worked vehicle made again, and relations beside real parts and stages.

``python -m osea_rocket.validation.mass_relations`` prints the table.
"""

from math import exp, pi, sqrt
from pathlib import Path
from typing import Any

import yaml

from ..propulsion.engine_mass import engine_mass
from ..vehicle.relations.registry import estimate, find
from .comparison import Comparison
from .stage_fits import CLASSES, fit, points

GROUP = "Mass-estimating relations"
WORKED = 0.01


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "mass_relations.yaml").read_text(encoding="utf-8"))


def akin_vehicle() -> dict[str, float]:
    """The first pass of the lecture's single-stage vehicle [kg], every component by its relation."""
    p = _data()["akin"]["premises"]
    ratio = exp(-p["delta_v_m_s"] / (p["isp_s"] * p["gravity_m_s2"]))
    gross = p["payload_kg"] / (ratio - p["inert_fraction"])
    propellant = gross * (1 - ratio)
    oxygen, hydrogen = (propellant * share / (p["mixture_ratio"] + 1) for share in (p["mixture_ratio"], 1))
    volumes = oxygen / p["oxygen_density_kg_m3"], hydrogen / p["hydrogen_density_kg_m3"]
    r1, r2 = ((3 * v / (4 * pi)) ** (1 / 3) for v in volumes)
    h = p["fairing_length_m"]
    thrust = gross * p["gravity_m_s2"] * p["thrust_to_weight"]
    one = thrust / p["engines"]

    def by(kind: str, name: str, **inputs: float) -> float:
        return estimate(find(kind, f"Akin: {name}"), inputs).mass

    engine = next(
        e for e in engine_mass("gas generator", one, p["area_ratio"], "LOX", "LH2") if e.relation == "Akin, pump-fed"
    )
    assert engine.mass is not None
    shell = "fairings, skirts, intertanks"
    masses = {
        "oxygen tank": by("tank", "tank for oxygen by mass", propellant_mass=oxygen),
        "hydrogen tank": by("tank", "tank for hydrogen by mass", propellant_mass=hydrogen),
        "oxygen insulation": by("insulation", "insulation of an oxygen tank", area=4 * pi * r1**2),
        "hydrogen insulation": by("insulation", "insulation of a hydrogen tank", area=4 * pi * r2**2),
        "payload shroud": by("shell", shell, area=pi * r1 * sqrt(r1**2 + h**2)),
        "intertank": by("shell", shell, area=pi * (r1 + r2) * sqrt((r2 - r1) ** 2 + h**2)),
        "aft fairing": by("shell", shell, area=2 * pi * r2 * h),
        "engines": p["engines"] * engine.mass,
        "thrust structure": by("thrust structure", "thrust structure", thrust=thrust),
        "gimbals": p["engines"]
        * by("gimbal", "gimbals of one engine", thrust=one, chamber_pressure=p["chamber_pressure_Pa"]),
        "avionics": by("avionics", "avionics", gross_mass=gross),
        "wiring": by("wiring", "wiring", gross_mass=gross, length=p["fairings"] * h),
    }
    return masses | {"inert mass": sum(masses.values()), "budget": p["inert_fraction"] * gross}


def comparisons() -> list[Comparison]:
    """Akin's vehicle to 1 %, then tanks and stages beside the relations that would have sized them."""
    data = _data()
    given, ours = data["akin"]["masses_kg"], akin_vehicle()
    rows = [
        Comparison(
            GROUP, f"Akin's worked vehicle: {name}", "kg", float(mass), data["akin"]["source"], data["akin"]["grade"],
            ours=ours[name], tolerance=WORKED * mass, digits=4,
        )
        for name, mass in given.items()
    ]  # fmt: skip
    for part in data["real_tanks"]["rows"]:
        wanted = "hydrogen" if part["contents"] == "hydrogen" else "other liquids"
        said = estimate(find("tank", f"Akin: tank for {wanted} by volume"), {"volume": part["volume_m3"]})
        rows.append(
            Comparison(
                GROUP, f"{part['name']} by {said.relation}", "kg", float(part["mass_kg"]), data["real_tanks"]["source"],
                data["real_tanks"]["grade"], ours=said.mass, tolerance=said.scatter * said.mass,
                kind="shown", digits=4, real=True,
            )
        )  # fmt: skip
    return rows + _left_out()


def _left_out() -> list[Comparison]:
    """Each stage's dry mass by the fit through the others' stages."""
    rows = []
    for kind in CLASSES:
        inside = counted = 0
        for point in (p for p in points() if p.kind == kind):
            law = fit(kind, without=[point.vehicle])
            mass = law.mass(point.propellant)
            held = abs(point.dry / mass - 1) <= law.scatter
            inside, counted = inside + held, counted + 1
            note = "" if held else f"{point.vehicle} {point.stage}: outside the fit's scatter of {law.scatter:.0%}"
            rows.append(
                Comparison(
                    GROUP, f"dry mass, {kind}: {point.vehicle} {point.stage}, fitted without its vehicle", "kg", point.dry,
                    "reference table of launch vehicles", "secondary", ours=mass, kind="shown", digits=4, real=True,
                    note=note,
                )
            )  # fmt: skip
        rows.append(
            Comparison(
                GROUP, f"{kind}: share of {counted} stages within one scatter of the fit without them", "1", None, "own count",
                "read", ours=inside / counted, kind="shown", digits=2,
            )
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    for row in comparisons():
        print(f"{row.quantity:90} {row.ours:10.4g} {'' if row.published is None else row.published:>10} {row.met}")
