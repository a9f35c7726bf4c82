"""Falcon 9 Block 5, expendable, against its published payload: one ascent for every published first-stage dry mass."""

from pathlib import Path
from typing import Any

import yaml

from ..core.documents import load_document
from ..core.errors import OseaError
from ..core.progress import Progress
from ..studies.design import Design, design
from ..studies.documents import Study
from .comparison import Comparison

GROUP = "Falcon 9, expendable to 200 km at 28.5°"
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "falcon9" / "study.yaml"


def published() -> dict[str, Any]:
    """The published figures, with their sources."""
    return yaml.safe_load((Path(__file__).parent / "data" / "falcon9.yaml").read_text(encoding="utf-8"))


def with_dry_mass(study: Study, dry_mass: float) -> Study:
    """The study with another first-stage dry mass [kg]."""
    first, *upper = study.vehicle.stages
    stages = (first.evolve(dry_mass=dry_mass), *upper)
    return study.evolve(vehicle=study.vehicle.evolve(stages=stages))


def with_masses(study: Study, masses: dict[str, float]) -> Study:
    """The study with both stages' dry and propellant masses [kg] of another published set.

    Tanks are left out: they belong to the example's own loads, and the ascent does not need them.
    """
    stages = tuple(
        stage.evolve(dry_mass=masses[f"{n}_stage_dry_kg"], propellant_mass=masses[f"{n}_stage_propellant_kg"], tanks=())
        for n, stage in zip(("first", "second"), study.vehicle.stages, strict=True)
    )
    return study.evolve(vehicle=study.vehicle.evolve(stages=stages))


def _middle_note(tolerance: float) -> str:
    """What the middle case's bound still lets through, from the exchange rates in the example's README."""
    return (
        f"the middle case's bound is ±{tolerance:.0f} kg: an error of 3 % in the specific impulse of both stages (about 2.5 t) "
        "would pass it, so its holding says little; the spread of the rows says how much is known"
    )


def _engines(design: Design) -> list[Comparison]:
    """What the stated losses alone would give: shown, because the example flies the published figure."""
    rows = []
    for e in design.engines:
        if e.isp_vacuum_published is not None:
            rows.append(
                Comparison(
                    GROUP,
                    f"{e.name}: vacuum Isp from its stated losses (not flown)",
                    "s",
                    e.isp_vacuum_published,
                    "the engine's file",
                    "secondary",
                    ours=e.isp_vacuum_predicted,
                    kind="shown",
                    digits=4,
                    note="area ratio, mixture ratio and losses of these engines are recalled from memory",
                )
            )
    return rows


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """Payload for every published dry mass, the span they give, and the middle case; re-propagation and masses."""
    data = published()
    figures = data["published"]
    source, grade, target = figures["payload_source"], figures["payload_grade"], figures["payload_leo_expendable_kg"]
    if not EXAMPLE.is_file():
        text = "the example is not installed; run from the repository"
        return [Comparison(GROUP, "payload", "kg", target, source, grade, error=text)]
    tolerance = data["tolerance_of_middle_case"] * target
    study = load_document(Study, EXAMPLE)
    rows: list[Comparison] = []
    found: dict[float, Design] = {}
    for case in data["published_dry_masses"]:
        mass = case["value_kg"]
        name = f"payload with a first stage of {mass / 1e3:.1f} t dry"
        middle = mass == data["middle_case_dry_mass_kg"]
        try:
            found[mass] = design(with_dry_mass(study, mass), progress)
        except OseaError as error:
            rows.append(Comparison(GROUP, name, "kg", target, source, grade, error=error.message))
            continue
        rows.append(
            Comparison(
                GROUP,
                name + (" (middle case)" if middle else ""),
                "kg",
                target,
                source,
                grade,
                ours=found[mass].payload_mass,
                real=True,
                digits=5,
                note=_middle_note(tolerance) if middle else f"dry mass: {case['source']}",
                tolerance=tolerance,
                kind="within" if middle else "shown",
            )
        )
    if found:
        payloads = [d.payload_mass for d in found.values()]
        rows.append(
            Comparison(
                GROUP,
                "published payload within the span of these",
                "kg",
                target,
                source,
                grade,
                kind="between",
                real=True,
                low=min(payloads),
                high=max(payloads),
                digits=5,
            )
        )
    for other in data["other_published_mass_sets"]:
        name = f"payload with another published mass set ({other['first_stage_propellant_kg'] / 1e3:.1f} t in the first stage)"
        try:
            flown = design(with_masses(study, other), progress)
        except OseaError as error:
            rows.append(Comparison(GROUP, name, "kg", target, source, grade, error=error.message))
            continue
        rows.append(
            Comparison(
                GROUP,
                name,
                "kg",
                target,
                source,
                grade,
                ours=flown.payload_mass,
                kind="shown",
                digits=5,
                note=f"another mass set: {other['source']}; how far public figures lie apart",
            )
        )
    middle_case = found.get(data["middle_case_dry_mass_kg"])
    if middle_case is not None:
        rows += _engines(middle_case)
        solver = middle_case.ascent.solver
        rows += [
            Comparison(
                GROUP,
                "flown again at insertion: position",
                "m",
                100.0,
                "own bound",
                "read",
                ours=solver.position_error,
                kind="at most",
                digits=2,
            ),
            Comparison(
                GROUP,
                "flown again at insertion: speed",
                "m/s",
                0.1,
                "own bound",
                "read",
                ours=solver.velocity_error,
                kind="at most",
                digits=2,
            ),
            Comparison(
                GROUP,
                "lift-off mass (middle case)",
                "kg",
                figures["lift_off_mass_kg"],
                figures["lift_off_mass_source"],
                figures["lift_off_mass_grade"],
                ours=middle_case.ascent.liftoff_mass,
                kind="shown",
                digits=6,
                note="the inventory's propellant loads are high; kept as published",
            ),
        ]
    return rows
