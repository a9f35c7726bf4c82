"""Boosters that come back: a published problem of ascent and return solved again, and flights beside their records."""

from ..core.errors import OseaError
from . import booster_tracks, ma2019
from .comparison import Comparison

GROUP = "Booster return"


def comparisons() -> list[Comparison]:
    """Ma et al. (2019) on three meshes, every phase flown again; the recorded returns."""
    optimum = ma2019.figures()["optimum"]
    rows = []
    for meshes in ma2019.MESHES:
        name = f"ascent and booster return (Ma et al. 2019), {len(meshes[2].degrees)} intervals home"
        note = f"The reference is {optimum['source']}."
        try:
            solution = ma2019.solve_ma2019(meshes)
        except OseaError as error:
            rows.append(
                Comparison(GROUP, name, "kg", optimum["final_mass_kg"], "as said below", "read", error=error.message)
            )
            continue
        place, _ = ma2019.flown_apart(solution)
        rows += [
            Comparison(
                GROUP, f"{name}: mass into orbit", "kg", optimum["final_mass_kg"], "as said below", "read",
                ours=solution.objective, tolerance=optimum["tolerance_kg"], digits=7, note=note,
            ),
            Comparison(
                GROUP, f"{name}: every phase flown again, position", "m", 5.0, "own bound", "read", ours=place, kind="at most",
                digits=2,
            ),
        ]  # fmt: skip
    return rows + booster_tracks.comparisons()
