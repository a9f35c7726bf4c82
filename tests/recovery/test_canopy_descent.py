"""Descents under canopies, flown: against the steady relations, energy and the limits that they are given."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import G0
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.recovery import other_descents as of
from osea_rocket.recovery.canopy_descent import fly_descent
from osea_rocket.recovery.canopy_document import UnpoweredDescent

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "descents"
PLAIN = """schema: osea/descent/v1
name: ballast
mass: 1 t
begin: {height: 4 km, speed: 50 m/s, drag_area: 0.001 m^2}
"""
FOIL = "parafoil: {lift: 0.6, drag: 0.2, opens: 3 km, area: 90 m^2}\n"


def descent(tmp_path, more):
    (tmp_path / "descent.yaml").write_text(PLAIN + more)
    return load_document(UnpoweredDescent, tmp_path / "descent.yaml")


def test_it_comes_down_as_slowly_as_its_parachute_was_sized_for(tmp_path):
    flown = fly_descent(descent(tmp_path, "parachutes: [{kind: ringsail, opens: 3 km, sink_rate: 7 m/s}]"))
    assert -flown.climb[-1] == pytest.approx(7.0, rel=2e-3) and flown.height[-1] == pytest.approx(0.0, abs=1e-3)
    assert flown.opened[0].area == pytest.approx(of.parachute_area(1000.0, 7.0, of.CANOPIES[1]))
    # what the air took is what height and speed lost
    work = np.trapezoid(flown.force * np.hypot(flown.level_speed, flown.climb), flown.time)
    lost = 1000.0 * (G0 * 4000.0 + 0.5 * 50.0**2 - 0.5 * flown.climb[-1] ** 2)
    assert work == pytest.approx(lost, rel=5e-3)


def test_reefing_keeps_the_force_limit_and_without_it_the_force_is_passed(tmp_path):
    chute = "parachutes: [{{kind: ringsail, opens: 3.9 km, sink_rate: 7 m/s{}}}]"
    free = fly_descent(descent(tmp_path, chute.format("")))
    kept = fly_descent(descent(tmp_path, chute.format(", force_limit: 30 kN")))
    assert free.opened[0].force > 40e3 and free.opened[0].ratios == (1.0,)
    assert kept.opened[0].force <= 30e3 * 1.01 and len(kept.opened[0].ratios) > 1 and kept.opened[0].ratios[-1] == 1.0
    assert -kept.climb[-1] == pytest.approx(7.0, rel=2e-3)


def test_a_canopy_that_cannot_open_under_its_limit_is_refused(tmp_path):
    with pytest.raises(ImpossibleError, match="stays reefed"):
        fly_descent(
            descent(tmp_path, "parachutes: [{kind: ringsail, opens: 3 km, sink_rate: 7 m/s, force_limit: 9 kN}]")
        )


def test_a_parafoil_glides_at_its_ratio_and_drifts_with_the_wind(tmp_path):
    foil = "parafoil: {lift: 0.6, drag: 0.2, opens: 3 km, sink_rate: 5 m/s}\n"
    calm, wind = fly_descent(descent(tmp_path, foil)), fly_descent(descent(tmp_path, foil + "wind: -5 m/s"))
    assert -calm.climb[-1] == pytest.approx(5.0, rel=5e-3)
    assert calm.level_speed[-1] / -calm.climb[-1] == pytest.approx(3.0, rel=5e-3)
    assert wind.level_speed[-1] == pytest.approx(calm.level_speed[-1] - 5.0, abs=0.05)
    assert of.parafoil_reach(3000.0, 0.6, 0.2) == pytest.approx(calm.x[-1], rel=0.15)


def test_a_second_canopy_takes_over_where_it_opens_and_the_hook_ends_it():
    d = load_document(UnpoweredDescent, EXAMPLES / "small-stage.yaml")
    flown = fly_descent(d)
    assert [o.name for o in flown.opened] == ["conical ribbon", "ringsail"]
    assert flown.opened[1].height == pytest.approx(5000.0, abs=0.1) and flown.height[-1] == pytest.approx(
        1500.0, abs=0.1
    )
    assert flown.opened[1].speed < 0.5 * flown.opened[0].speed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "give one of parachutes and parafoil and wings"),
        ("parachutes: [{kind: ringsail, opens: 3 km}]", "give one of sink_rate and area"),
        ("parachutes: [{kind: ringsail, opens: 5 km, area: 9 m^2}]", "above the begin"),
        ("parachutes: [{kind: ringsale, opens: 3 km, area: 9 m^2}]", "ringsail"),
        (
            "parachutes: [{kind: ringsail, opens: 2 km, area: 9 m^2}, {kind: ringsail, opens: 3 km, area: 9 m^2}]",
            "opens below the one before it",
        ),
        (FOIL + "net: {way: 2 m}\nhook: {height: 1 km, force: 9 kN}", "one way"),
        (FOIL + "hook: {height: 3.5 km, force: 9 kN}", "above the last"),
        ("parafoil: {lift: 0.6, drag: 0.2, opens: 3, area: 90 m^2}", "3 m"),
    ],
)  # fmt: skip
def test_a_wrong_descent_is_refused_with_its_field(tmp_path, more, said):
    with pytest.raises(InputError, match=said):
        descent(tmp_path, more)
