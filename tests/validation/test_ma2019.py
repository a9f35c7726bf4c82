"""Ma et al. 2019: ascent and booster return as one problem with a branch."""

import numpy as np
import pytest

from osea_rocket.validation import ma2019


@pytest.mark.parametrize("meshes", ma2019.MESHES, ids=lambda m: f"{len(m[2].degrees)} intervals home")
def test_the_optimum_is_found_on_every_mesh(meshes):
    data = ma2019.figures()
    solution = ma2019.solve_ma2019(meshes)
    assert solution.objective == pytest.approx(data["optimum"]["final_mass_kg"], abs=data["optimum"]["tolerance_kg"])
    place, mass = ma2019.flown_apart(solution)
    assert place < 5.0 and mass < 1.0
    boost, second, back = solution.phases
    # the branch: both continue from one state, and the masses are those of the two vehicles
    for name in (*ma2019.POSITION, *ma2019.VELOCITY):
        assert second.states[name][0] == pytest.approx(boost.states[name][-1], rel=1e-9, abs=1e-3)
        assert back.states[name][0] == pytest.approx(boost.states[name][-1], rel=1e-9, abs=1e-3)
        assert back.states[name][-1] == pytest.approx(boost.states[name][0], abs=1e-2)  # the pad
    assert second.states["mass"][0] + back.states["mass"][0] == pytest.approx(boost.states["mass"][-1], abs=1e-3)
    empty = data["booster"]["total_mass_kg"] - data["booster"]["propellant_mass_kg"]
    assert back.states["mass"][-1] >= empty - 0.01  # kg: IPOPT relaxes bounds by 1e-8 of the scale
    radius = np.sqrt(sum(back.states[n] ** 2 for n in ma2019.POSITION))
    speed = np.sqrt(sum(back.states[n] ** 2 for n in ma2019.VELOCITY))
    q = 0.5 * 1.225 * np.exp(-(radius - data["earth"]["radius_m"]) / 7200.0) * speed**2
    assert q.max() <= 1.001 * data["dynamic_pressure_Pa"]
