"""The Delta III benchmark: the published optimum on several meshes, flown again independently."""

import numpy as np
import pytest

from osea_rocket.trajectory.optimal_control.problem import Mesh
from osea_rocket.trajectory.optimal_control.propagation import refly
from osea_rocket.validation.delta3 import POSITION, VELOCITY, burns, figures, fly_again, orbit_vectors, solve_delta3


@pytest.mark.parametrize("mesh", [Mesh.uniform(6, 4), Mesh.uniform(12, 4), Mesh.uniform(3, 8)])
def test_delta3_reaches_the_published_mass(mesh):
    optimum = figures()["optimum"]
    solution = solve_delta3(mesh)
    assert solution.objective == pytest.approx(optimum["final_mass_kg"], abs=optimum["tolerance_kg"])
    assert solution["second stage"].end == pytest.approx(optimum["time_s"], abs=optimum["time_tolerance_s"])
    assert solution.report.iterations < 40
    flown = fly_again(solution)  # other equations, from the pad to cut-off
    assert flown.position < 100.0 and flown.speed < 0.1 and abs(flown.mass) < 1e-6
    assert flown.semi_major_axis == pytest.approx(figures()["orbit"]["semi_major_axis_m"], abs=1000.0)
    assert flown.eccentricity == pytest.approx(figures()["orbit"]["eccentricity"], abs=1e-5)
    for phase in refly(solution):
        assert max(abs(phase.end_difference[n]) for n in POSITION) < 1.0
        assert max(abs(phase.end_difference[n]) for n in VELOCITY) < 1e-3


def test_delta3_orbit_has_the_wanted_elements():
    data = figures()
    final = {n: v[-1] for n, v in solve_delta3()["second stage"].states.items()}
    mu, orbit = data["earth"]["gravitational_parameter_m3_s2"], data["orbit"]
    position, velocity = (np.array([final[n] for n in names]) for names in (POSITION, VELOCITY))
    h, e = (np.array(v) for v in orbit_vectors(position, velocity, mu))
    # Classical elements by their own textbook formulae (Vallado 2013, algorithm 9), not by the vectors that were imposed.
    energy = velocity @ velocity / 2 - mu / np.linalg.norm(position)
    node = np.array([-h[1], h[0], 0.0])
    assert -mu / (2 * energy) == pytest.approx(orbit["semi_major_axis_m"], rel=1e-7)
    assert np.linalg.norm(e) == pytest.approx(orbit["eccentricity"], abs=1e-8)
    assert np.degrees(np.arccos(h[2] / np.linalg.norm(h))) == pytest.approx(orbit["inclination_deg"], abs=1e-6)
    assert np.degrees(np.arctan2(node[1], node[0])) % 360 == pytest.approx(orbit["ascending_node_deg"], abs=1e-6)
    argument = np.degrees(np.arccos(node @ e / np.linalg.norm(node) / np.linalg.norm(e)))
    assert argument == pytest.approx(orbit["argument_of_perigee_deg"], abs=1e-6) and e[2] > 0


def test_delta3_masses_follow_from_the_figures():
    masses = [b.mass for b in burns(figures())]
    # Phase masses as the read example programs print them.
    assert masses[0] == 301454.0
    assert masses[1] == pytest.approx(301454 - 6 * 17010 - 75.2 / 261 * 95550 - 6 * 2280)
    assert masses[3] == pytest.approx(19300.0 + 4164.0)
